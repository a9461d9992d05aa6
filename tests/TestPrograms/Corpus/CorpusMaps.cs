using System.Collections.Immutable;
using System.Text;
using Skep.Btf;
using Skep.Contracts;
using Skep.KernelOracle;
using Skep.Programs;

namespace Skep.TestPrograms.Corpus;

/// <summary>The maps that entries name, defined once for both sides.</summary>
internal static class CorpusMaps
{
    /// <summary>What <c>rodata</c> holds: a format, a text, two numbers, and zeros up to 64 bytes.</summary>
    private static readonly ImmutableArray<byte> Constants = MakeConstants();

    internal static ImmutableArray<MapSpec> All { get; } =
    [
        Keyed("array", KernelMapType.Array, 4, 48, 8),
        Keyed("small", KernelMapType.Array, 4, 4, 1),
        Keyed("hash", KernelMapType.Hash, 8, 48, 8),
        Keyed("hash16", KernelMapType.Hash, 16, 16, 8),
        Keyed("percpu_array", KernelMapType.PercpuArray, 4, 48, 8),
        Keyed("percpu_hash", KernelMapType.PercpuHash, 8, 48, 8),
        Keyed("lru_hash", KernelMapType.LruHash, 8, 48, 8),
        Keyed("lpm", KernelMapType.LpmTrie, 8, 16, 8, MapFlags.NoPreallocation),
        Keyed("ringbuf", KernelMapType.Ringbuf, 0, 0, 4096),
        Keyed("ringbuf2", KernelMapType.Ringbuf, 0, 0, 4096),
        Keyed("queue", KernelMapType.Queue, 0, 16, 8),
        Keyed("stack", KernelMapType.Stack, 0, 16, 8),
        Keyed("bloom", KernelMapType.BloomFilter, 0, 16, 8),
        Keyed("progs", KernelMapType.ProgArray, 4, 4, 4),
        Keyed("perf", KernelMapType.PerfEventArray, 4, 4, 4),
        Keyed("stacks", KernelMapType.StackTrace, 4, 80, 8),
        Keyed("devmap", KernelMapType.Devmap, 4, 4, 4),
        Keyed("rdonly", KernelMapType.Array, 4, 48, 8, MapFlags.ReadOnlyProgram),
        Keyed("wronly", KernelMapType.Array, 4, 48, 8, MapFlags.WriteOnlyProgram),
        Keyed("data", KernelMapType.Array, 4, 64, 1),
        Keyed("rodata", KernelMapType.Array, 4, 64, 1, MapFlags.ReadOnlyProgram) with { IsFrozen = true, InitialValue = Constants },
        Keyed("unfrozen", KernelMapType.Array, 4, 64, 1, MapFlags.ReadOnlyProgram) with { InitialValue = Constants },
        Keyed("outer", KernelMapType.ArrayOfMaps, 4, 4, 4) with { Inner = Keyed("array", KernelMapType.Array, 4, 48, 8) },
        Keyed("outer_hash", KernelMapType.HashOfMaps, 8, 4, 4) with { Inner = Keyed("hash", KernelMapType.Hash, 8, 48, 8) },
        Typed("lock", KernelMapType.Array, 4, LockValue),
        Typed("lock2", KernelMapType.Array, 4, LockValue),
        Typed("lock_hash", KernelMapType.Hash, 4, LockValue),
        Typed("lock_data", KernelMapType.Array, 4, LockValue) with { MaxEntries = 1 },
        Typed("timer", KernelMapType.Array, 4, TimerValue),
    ];

    internal static MapSpec? Find(string name) => All.FirstOrDefault(map => map.Name == name);

    private static MapSpec Keyed(string name, KernelMapType type, uint keySize, uint valueSize, uint entries, uint flags = 0) => new()
    {
        Name = name,
        Type = new MapTypeReference(new MapTypeNumber((uint)type)),
        KeySize = keySize,
        ValueSize = valueSize,
        MaxEntries = entries,
        Flags = flags,
    };

    private static MapSpec Typed(string name, KernelMapType type, uint keySize, Func<CorpusTypes, BtfTypeId> value)
    {
        var types = new CorpusTypes();
        BtfTypeId keyType = types.Find("int");
        BtfTypeId valueType = value(types);
        BtfGraph graph = types.ToGraph();
        return Keyed(name, type, keySize, graph.SizeOf(valueType)!.Value, 4) with { KeyType = keyType, ValueType = valueType, Btf = graph };
    }

    // struct { struct bpf_spin_lock lock; int count; u64 sum; }
    private static BtfTypeId LockValue(CorpusTypes types)
    {
        BtfTypeId spinLock = types.Add(new BtfStruct("bpf_spin_lock", false, 4, [new BtfMember("val", types.Find("u32"), 0, 0)]));
        return types.Add(new BtfStruct(
            "lock_value", false, 16,
            [new BtfMember("lock", spinLock, 0, 0), new BtfMember("count", types.Find("int"), 32, 0), new BtfMember("sum", types.Find("u64"), 64, 0)]));
    }

    // struct { struct bpf_timer timer; u64 n; }
    private static BtfTypeId TimerValue(CorpusTypes types)
    {
        BtfTypeId opaque = types.Add(new BtfArray(types.Find("u64"), types.Find("u32"), 2));
        BtfTypeId timer = types.Add(new BtfStruct("bpf_timer", false, 16, [new BtfMember("__opaque", opaque, 0, 0)]));
        return types.Add(new BtfStruct(
            "timer_value", false, 24, [new BtfMember("timer", timer, 0, 0), new BtfMember("n", types.Find("u64"), 128, 0)]));
    }

    private static ImmutableArray<byte> MakeConstants()
    {
        byte[] value = new byte[64];
        Encoding.ASCII.GetBytes("%d\n\0").CopyTo(value, 0); // 0: a format
        Encoding.ASCII.GetBytes("hello, bees\0").CopyTo(value, 8); // 8: a text
        BitConverter.TryWriteBytes(value.AsSpan(24), 7); // 24: a u32
        BitConverter.TryWriteBytes(value.AsSpan(32), 0x1122334455667788); // 32: a u64
        value.AsSpan(56).Fill(0xff); // 56: a text without an end
        return [.. value];
    }
}
