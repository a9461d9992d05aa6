using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;
using Skep.Verification;

namespace Skep.Engines.Tests.Security;

/// <summary>A runtime with every back end that works here and <see cref="HostileHelpers"/>; its programs come from the corpus' text.</summary>
internal sealed unsafe class HostileHost : IDisposable
{
    private const int ContextRoom = 256;

    private readonly nint _context = (nint)NativeMemory.AllocZeroed(ContextRoom);

    public HostileHost(EngineOptions? options = null, Limits? limits = null)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(
            new PluginRecord(new PluginInfo("Hostile", new Version(1, 0), "For tests.")), [.. TestProgramTypes.All, .. TestMaps.Types, Helpers, .. Harness.Engines.Backends()]));
        Runtime = new SkepRuntime(builder.Build(), limits ?? Limits.Default, options);
    }

    /// <summary>Names to choose engines by.</summary>
    public static TheoryData<string> EngineNames => [.. Harness.Engines.Plain.Select(engine => engine.Name).Prepend(EngineOptions.Interpreter)];

    public HostileHelpers Helpers { get; } = new();

    public SkepRuntime Runtime { get; }

    public ImmutableDictionary<string, LoadedMap> Maps { get; } = TestMaps.Load(CorpusMaps.All);

    public LoadedProgram Load(string engine, string text)
    {
        Result<LoadedProgram> loaded = Runtime.LoadProgram(Parse(text), Maps, new LoadOptions
        {
            Engine = engine,
            DefaultProgramType = "sched_cls",
            Verification = new VerificationPolicy { Loops = LoopPolicy.Fuel },
        });
        Assert.Equal(engine, loaded.GetOrThrow().Engine);
        return loaded.Value!;
    }

    public static ProgramSpec Parse(string text)
    {
        CorpusEntry entry = Entry(text);
        return CorpusProgram.Assemble(entry).ToSpec(entry);
    }

    public static CorpusEntry Entry(string text) => new()
    {
        Family = "security",
        Name = "program",
        Place = "security:1",
        Type = "sched_cls",
        Expected = [],
        KernelAccepts = true,
        Lines = [.. text.Split('\n').Select((line, i) => new CorpusLine(i + 1, line))],
    };

    public RunResult Run(LoadedProgram program)
        => program.Run(new ProgramEntry((ulong)_context, 0, new MemoryRegion(_context, ContextRoom, MemoryAccess.ReadWrite), new MemoryRegion(_context, 0, MemoryAccess.ReadWrite)));

    /// <summary>The values of one of <see cref="Maps"/>.</summary>
    public MemoryRegion Values(string map) => ((IDirectValueMap)Maps[map].Map).Values;

    public void Dispose()
    {
        Runtime.Dispose();
        foreach (LoadedMap map in Maps.Values)
        {
            map.Dispose();
        }

        NativeMemory.Free((void*)_context);
    }
}
