using System.Collections.Immutable;
using Skep.Btf;
using Skep.Contracts;
using Skep.Isa;
using Skep.Maps;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.Runtime;

namespace Skep.Helpers.Tests;

/// <summary>A runtime with the plugin's helpers, maps and raw programs; programs are text, in which <c>map[id:N]</c> is the Nth map
/// and <c>kernel-function#N</c> the Nth function of number iterators: new, next, destroy.</summary>
internal sealed class EngineRun : IDisposable
{
    /// <summary>By the number that <c>call kernel-function#N</c> names them with.</summary>
    private static readonly string[] NamedFunctions = ["bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy"];

    private readonly SkepRuntime _runtime;
    private readonly Dictionary<string, LoadedMap> _maps = [];

    public EngineRun(Limits? limits = null)
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(new BaseHelpersPlugin().Info), [.. BaseSets.All]));
        Assert.True(builder.Add(new PluginRecord(new ArrayMapsPlugin().Info), [new ArrayMapType(), new PerCpuArrayMapType()]));
        Assert.True(builder.Add(new PluginRecord(new HashMapsPlugin().Info), [new HashMapType()]));
        Assert.True(builder.Add(new PluginRecord(new RawProgramsPlugin().Info), [new RawType()]));
        _runtime = new SkepRuntime(builder.Build(), limits ?? Limits.Default);
    }

    /// <summary><c>struct { int before; struct bpf_spin_lock lock; long counter; }</c>, as type 4.</summary>
    public static BtfGraph LockedValue { get; } = new(
    [
        new BtfVoid(),
        new BtfInteger("int", 4, BtfIntegerEncoding.Signed, 0, 32),
        new BtfInteger("long", 8, BtfIntegerEncoding.Signed, 0, 64),
        new BtfStruct("bpf_spin_lock", false, 4, [new BtfMember("val", new(1), 0, 0)]),
        new BtfStruct("value", false, 16, [new BtfMember("before", new(1), 0, 0), new BtfMember("lock", new(3), 32, 0), new BtfMember("counter", new(2), 64, 0)]),
    ]);

    public LoadedMap Map(uint type, uint keySize, uint valueSize, uint entries, bool isLocked = false)
    {
        LoadedMap map = _runtime.CreateMap(new MapSpec
        {
            Name = $"map{_maps.Count}",
            Type = new MapTypeReference(new MapTypeNumber(type)),
            KeySize = keySize,
            ValueSize = valueSize,
            MaxEntries = entries,
            Btf = isLocked ? LockedValue : null,
            ValueType = isLocked ? new BtfTypeId(4) : null,
        }).GetOrThrow();
        _maps.Add(map.Name, map);
        return map;
    }

    public LoadedProgram Load(string text)
    {
        AssemblerResult assembled = Assembler.Assemble(text);
        Assert.True(assembled.Succeeded, string.Join('\n', assembled.Errors));
        ImmutableArray<Reference> references = [.. assembled.Instructions.Select(ReferenceOf).OfType<Reference>()];
        var spec = new ProgramSpec
        {
            Name = "test",
            License = "GPL",
            Instructions = [.. InstructionEncoder.Encode(assembled.Instructions.AsSpan())],
            References = references,
        };
        return _runtime.LoadProgram(spec, _maps, new LoadOptions { DefaultProgramType = "raw" }).GetOrThrow();
    }

    public RunResult Run(string text)
    {
        using LoadedProgram program = Load(text);
        return program.RunEvent(MemoryRegion.None);
    }

    public ulong Value(string text)
    {
        RunResult result = Run(text);
        Assert.Equal(Trap.None, result.Trap);
        return result.Value;
    }

    public void Dispose() => _runtime.Dispose();

    private static Reference? ReferenceOf(Instruction instruction, int slot) => instruction.Operation switch
    {
        Operation.LoadMapByDescriptor => new MapReference(new SlotIndex(slot), $"map{instruction.LowImmediate}"),
        Operation.CallNamed => new ExternReference(new SlotIndex(slot), NamedFunctions[instruction.LowImmediate], ExternKind.NamedFunction, IsWeak: false),
        _ => null,
    };
}
