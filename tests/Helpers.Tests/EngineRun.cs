using System.Collections.Immutable;
using Skep.Btf;
using Skep.Contracts;
using Skep.Isa;
using Skep.Maps;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Helpers.Tests;

/// <summary>A runtime with the plugin's helpers, maps and raw programs; programs are text, in which <c>map[id:N]</c> is the Nth map
/// and <c>kernel-function#N</c> the Nth function of number iterators: new, next, destroy.</summary>
internal sealed class EngineRun : IDisposable
{
    /// <summary>By the number that <c>call kernel-function#N</c> names them with.</summary>
    private static readonly string[] NamedFunctions = ["bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy"];

    private readonly SkepRuntime _runtime;
    private readonly VerificationPolicy _policy;
    private readonly Dictionary<string, LoadedMap> _maps = [];

    /// <param name="proof">With <see cref="Proof.Structure"/> everything runs in the checked interpreter.</param>
    public EngineRun(Proof proof = Proof.Full, Limits? limits = null)
    {
        _policy = VerificationPolicy.Default with { Proof = proof };
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
        new BtfStruct("twice", false, 16, [new BtfMember("one", new(3), 0, 0), new BtfMember("two", new(3), 32, 0)]),
        new BtfStruct("askew", false, 16, [new BtfMember("lock", new(3), 16, 0)]),
        new BtfStruct("beyond", false, 20, [new BtfMember("lock", new(3), 128, 0)]),
    ]);

    /// <param name="valueType">Of <see cref="LockedValue"/>.</param>
    public LoadedMap Map(uint type, uint keySize, uint valueSize, uint entries, uint? valueType = null)
    {
        LoadedMap map = _runtime.CreateMap(new MapSpec
        {
            Name = $"map{_maps.Count}",
            Type = new MapTypeReference(new MapTypeNumber(type)),
            KeySize = keySize,
            ValueSize = valueSize,
            MaxEntries = entries,
            Btf = valueType is null ? null : LockedValue,
            ValueType = valueType is { } id ? new BtfTypeId(id) : null,
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
        return _runtime.LoadProgram(spec, _maps, new LoadOptions { DefaultProgramType = "raw", Verification = _policy }).GetOrThrow();
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
