using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Isa;
using Skep.Jit.Cil;
using Skep.Jit.X64;
using Skep.Maps;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.Runtime;
using Skep.Sdk.Tests.Sets;

namespace Skep.Sdk.Tests.Harness;

/// <summary>
/// A runtime on one engine with generated helpers. Programs are text, in which <c>call kernel-function#N</c> is the Nth of the helpers that a test names, and <c>map[id:0]</c> a
/// hash from 4 to 8 bytes.
/// </summary>
internal sealed unsafe class SdkRun : IDisposable
{
    private readonly SkepRuntime _runtime;

    public SdkRun(string engine)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Add(builder, new X64Plugin(), new X64Backend());
        Add(builder, new CilPlugin(), new CilBackend());
        Add(builder, new HashMapsPlugin(), new HashMapType());
        Add(builder, new RawProgramsPlugin(), new RawType());
        Assert.True(builder.Add(new PluginRecord(new PluginInfo("test", new Version(1, 0), "For tests.")), [Many, new EventType()]), string.Join('\n', builder.Build().Findings));
        _runtime = new SkepRuntime(builder.Build(), Limits.Default, new EngineOptions { Engine = engine });
        Map = _runtime.CreateMap(new MapSpec { Name = "map", Type = new MapTypeReference(new MapTypeNumber(1)), KeySize = 4, ValueSize = 8, MaxEntries = 8 }).GetOrThrow();
    }

    /// <summary>What runs here: x64 machine code on such a machine only.</summary>
    public static TheoryData<string> Engines { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ["interpreter", "cil", "x64"] : ["interpreter", "cil"];

    public ManyHelpers Many { get; } = new();

    public LoadedMap Map { get; }

    public Result<LoadedProgram> Load(string type, string text, params string[] helpers)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors));
        ImmutableArray<Reference> references = [.. assembled.Instructions.Select((instruction, slot) => ReferenceOf(instruction, slot, helpers)).OfType<Reference>()];
        var spec = new ProgramSpec
        {
            Name = "test",
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan())],
            References = references,
        };
        return _runtime.LoadProgram(spec, new Dictionary<string, LoadedMap> { ["map"] = Map }, new LoadOptions { DefaultProgramType = type });
    }

    /// <summary>Runs a raw program that ends by itself.</summary>
    public ulong Value(string text, params string[] helpers)
    {
        using LoadedProgram program = Load("raw", text, helpers).GetOrThrow();
        RunResult result = program.RunEvent(MemoryRegion.None);
        Assert.Equal(Trap.None, result.Trap);
        return result.Value;
    }

    /// <summary>Runs a program of <see cref="EventType"/> on a context.</summary>
    public ulong Value(ref EventContext context, string text, params string[] helpers)
    {
        using LoadedProgram program = Load("test.event", text, helpers).GetOrThrow();
        fixed (EventContext* place = &context)
        {
            RunResult result = program.RunEvent(new MemoryRegion((nint)place, (nuint)sizeof(EventContext), MemoryAccess.ReadWrite));
            Assert.Equal(Trap.None, result.Trap);
            return result.Value;
        }
    }

    /// <summary>What is found wrong with a program.</summary>
    public string Refusal(string type, string text, params string[] helpers)
    {
        Result<LoadedProgram> loaded = Load(type, text, helpers);
        loaded.Value?.Dispose();
        return string.Join('\n', loaded.Findings.Select(finding => $"{finding.Rule.Id} {finding.Message}"));
    }

    public void Dispose() => _runtime.Dispose();

    private static void Add(RegistryBuilder builder, IPlugin plugin, params object[] providers) => Assert.True(builder.Add(new PluginRecord(plugin.Info), providers));

    private static Reference? ReferenceOf(Instruction instruction, int slot, string[] helpers) => instruction.Operation switch
    {
        Operation.LoadMapByDescriptor => new MapReference(new SlotIndex(slot), "map"),
        Operation.CallNamed => new ExternReference(new SlotIndex(slot), helpers[instruction.LowImmediate], ExternKind.NamedFunction, IsWeak: false),
        _ => null,
    };
}
