using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Testing;

/// <summary>
/// A real runtime around the providers under test, with fakes for all that they do not bring themselves: a program type (<see cref="FakeProgramType"/>), helpers for every map operation,
/// an array, an event source. A fake whose name or number a given provider has gives way to it.
/// </summary>
/// <remarks>
/// Programs are text as <see cref="Isa.Assembler"/> takes it, with these besides: <c>map[NAME]</c> is a map that was made here, <c>call NAME</c> any registered
/// helper, and <c>rN = func LABEL</c> the address of the function at a label.
/// </remarks>
public sealed class FakeRuntime : IDisposable
{
    private readonly Dictionary<string, LoadedMap> _maps = new(StringComparer.Ordinal);

    /// <param name="providers">Of any of the five contracts; back ends among them become engines where they can run on this machine.</param>
    public FakeRuntime(params IEnumerable<object> providers)
        : this(providers, Limits.Default, EngineOptions.Default)
    {
    }

    /// <param name="options">All but the engine, which each program says.</param>
    public FakeRuntime(IEnumerable<object> providers, Limits limits, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(providers);
        ArgumentNullException.ThrowIfNull(options);
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        object[] tested = [.. providers];
        Assert.True(
            builder.Add(new PluginRecord(new PluginInfo("Tested", new Version(1, 0), "What is tested.")), tested),
            "The registry refuses the providers: " + string.Join('\n', builder.Build().Findings));
        foreach (object fake in (object[])
            [new FakeProgramType(), new FakeArrayType(), new FakeMapHelpers(), new FakeQueueHelpers(), new FakeRingBufferHelpers(), new FakeTailCallHelpers(), Insider, Jumper, Source])
        {
            // One that clashes is left out.
            builder.Add(new PluginRecord(new PluginInfo($"Fake.{fake.GetType().Name}", new Version(1, 0), "A fake.")), [fake]);
        }

        Runtime = new SkepRuntime(builder.Build(), limits, options with { Engine = EngineOptions.Interpreter });
        Engines = [EngineOptions.Interpreter, .. tested.OfType<IJitBackend>().Where(CanRunHere).Select(backend => backend.Descriptor.Name)];
    }

    public SkepRuntime Runtime { get; }

    /// <summary>The interpreter, and the back ends that can run here.</summary>
    public ImmutableArray<string> Engines { get; }

    /// <summary>A source whose events the test raises.</summary>
    public FakeEventSource Source { get; } = new();

    internal InsideHelpers Insider { get; } = new();

    internal JumpHelpers Jumper { get; } = new();

    /// <summary>How programs are verified unless a call says otherwise: what the fake program type asks for, with constants that Linux takes to be mistakes.</summary>
    public static VerificationPolicy Policy { get; } = new() { AllowPointlessConstants = true };

    /// <summary>Whether a back end's code can run in this process.</summary>
    public static bool CanRunHere(IJitBackend backend)
    {
        ArgumentNullException.ThrowIfNull(backend);
        return (backend.Descriptor.Architecture is not { } architecture || architecture == RuntimeInformation.ProcessArchitecture)
            && (backend as IAvailability)?.FindObstacle() is null;
    }

    /// <summary>Makes a map that programs name as <c>map[NAME]</c>.</summary>
    public LoadedMap AddMap(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        LoadedMap map = Runtime.CreateMap(spec).GetOrThrow();
        _maps.Add(spec.Name, map);
        return map;
    }

    /// <summary>A map whose one value programs and the test share; <paramref name="size"/> in bytes.</summary>
    public FakeArray AddMemory(string name, int size) => (FakeArray)AddMap(FakeArrayType.SpecOf(name, (uint)size, 1)).Map;

    /// <summary>Takes a program along the whole road.</summary>
    /// <param name="engine">One of <see cref="Engines"/>.</param>
    /// <param name="type">The program type's name; null for the fake one.</param>
    public Result<LoadedProgram> TryLoad(string text, string engine = EngineOptions.Interpreter, string? type = null, VerificationPolicy? policy = null)
        => TryLoad(ProgramText.Parse(text, Runtime.Registry), engine, type, policy);

    /// <inheritdoc cref="TryLoad(string, string, string?, VerificationPolicy?)"/>
    public Result<LoadedProgram> TryLoad(ProgramSpec spec, string engine = EngineOptions.Interpreter, string? type = null, VerificationPolicy? policy = null)
        => Runtime.LoadProgram(spec, _maps, new LoadOptions { DefaultProgramType = type ?? FakeProgramType.TypeName, Engine = engine, Verification = policy ?? Policy });

    /// <summary>As <see cref="TryLoad(string, string, string?, VerificationPolicy?)"/>; fails the test when the program is refused, or another engine had to take it.</summary>
    public LoadedProgram Load(string text, string engine = EngineOptions.Interpreter, string? type = null, VerificationPolicy? policy = null)
        => Require(TryLoad(text, engine, type, policy), engine, text);

    /// <inheritdoc cref="Load(string, string, string?, VerificationPolicy?)"/>
    public LoadedProgram Load(ProgramSpec spec, string engine = EngineOptions.Interpreter, string? type = null, VerificationPolicy? policy = null)
        => Require(TryLoad(spec, engine, type, policy), engine, "");

    /// <summary>Loads a program, runs it once on <paramref name="data"/> as its event, and unloads it.</summary>
    /// <returns>R0. A trap, or a helper that threw, fails the test.</returns>
    public ulong Run(string text, string engine, Span<byte> data = default, string? type = null)
    {
        using LoadedProgram program = Load(text, engine, type);
        return Run(program, data);
    }

    /// <summary>Runs a loaded program once.</summary>
    /// <inheritdoc cref="Run(string, string, Span{byte}, string?)"/>
    public static unsafe ulong Run(LoadedProgram program, Span<byte> data = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        long faults = program.Statistics.HelperFaults;
        RunResult result;
        fixed (byte* bytes = data)
        {
            result = program.RunEvent(new MemoryRegion((nint)bytes, (nuint)data.Length, MemoryAccess.ReadWrite));
        }

        Assert.True(result.Completed, $"{program.Engine}: {result.Trap.Kind} at slot {result.Trap.Slot.Value} (0x{result.Trap.Address:x})");
        Assert.True(program.Statistics.HelperFaults == faults, $"{program.Engine}: a helper threw");
        return result.Value;
    }

    public void Dispose() => Runtime.Dispose();

    private static LoadedProgram Require(Result<LoadedProgram> result, string engine, string text)
    {
        Assert.True(result.IsSuccess, string.Join('\n', result.Findings) + '\n' + text);
        Assert.True(result.Value.Engine == engine, $"{engine} did not take it: {string.Join('\n', result.Findings)}\n{text}");
        return result.Value;
    }
}
