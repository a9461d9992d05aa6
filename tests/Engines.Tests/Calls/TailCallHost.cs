using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Engines.Tests.Security;
using Skep.Helpers;
using Skep.Maps;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Registries;
using Skep.Verification;

namespace Skep.Engines.Tests.Calls;

/// <summary>A runtime with a program array <c>progs</c> of four elements and an array <c>array</c>, of the plugins that ship.</summary>
internal sealed unsafe class TailCallHost : IDisposable
{
    private const int ContextRoom = 256;

    private readonly nint _context = (nint)NativeMemory.AllocZeroed(ContextRoom);

    /// <param name="tailCalls">What has the helper in the place of the plugin's own set.</param>
    /// <param name="more">Further helpers.</param>
    public TailCallHost(Limits? limits = null, IHelperSet? tailCalls = null, params IHelperSet[] more)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(new ProgramMapsPlugin().Info), [new ProgramArrayType(), tailCalls ?? new TailCallHelpers()]));
        Assert.True(builder.Add(new PluginRecord(new ArrayMapsPlugin().Info), [new ArrayMapType()]));
        Assert.True(builder.Add(new PluginRecord(new BaseHelpersPlugin().Info), [new MapHelpers(), new LoopHelpers()]));
        Assert.True(builder.Add(new PluginRecord(new PluginInfo("Test", new Version(1, 0), "For tests.")), [.. TestProgramTypes.All, .. more, .. Harness.Engines.Backends()]));
        Runtime = new SkepRuntime(builder.Build(), limits ?? Limits.Default);
        Maps = CorpusMaps.All.Where(map => map.Name is "progs" or "array").ToImmutableDictionary(map => map.Name, map => Runtime.CreateMap(map).GetOrThrow());
    }

    public SkepRuntime Runtime { get; }

    public ImmutableDictionary<string, LoadedMap> Maps { get; }

    public IObjectMap<LoadedProgram> Programs => (IObjectMap<LoadedProgram>)Maps["progs"].Map;

    /// <summary>The first word of the array's first value.</summary>
    public ref uint Count => ref *(uint*)((IDirectValueMap)Maps["array"].Map).Values.Address;

    public static byte[] Key(uint index) => BitConverter.GetBytes(index);

    public LoadedProgram Load(string engine, string text, string type = "sched_cls")
    {
        var options = new LoadOptions { Engine = engine, DefaultProgramType = type, Verification = new VerificationPolicy { Loops = LoopPolicy.Fuel, Proof = Proof.Full } };
        LoadedProgram program = Runtime.LoadProgram(HostileHost.Parse(text), Maps, options).GetOrThrow();
        Assert.Equal(engine, program.Engine);
        return program;
    }

    /// <summary>Loads a program and puts it into the array.</summary>
    public LoadedProgram Put(uint index, string engine, string text, string type = "sched_cls")
    {
        LoadedProgram program = Load(engine, text, type);
        Assert.Equal(Errno.None, Programs.Set(Key(index), program));
        return program;
    }

    public RunResult Run(LoadedProgram program, int contextBytes = ContextRoom)
        => program.Run(new ProgramEntry((ulong)_context, 0, new MemoryRegion(_context, (nuint)contextBytes, MemoryAccess.ReadWrite), new MemoryRegion(_context, 0, MemoryAccess.ReadWrite)));

    public void Dispose()
    {
        Runtime.Dispose();
        NativeMemory.Free((void*)_context);
    }
}
