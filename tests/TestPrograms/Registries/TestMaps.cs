using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using static Skep.Contracts.MapOperations;

namespace Skep.TestPrograms.Registries;

/// <summary>Map types with the operations that check_map_func_compatibility of kernel/bpf/verifier.c allows, and maps that only arrays have memory for.</summary>
internal static unsafe class TestMaps
{
    private const MapOperations Element = Lookup | Update | Delete;

    internal static ImmutableArray<IMapType> Types { get; } =
    [
        Type(KernelMapType.Hash, Element | ForEach),
        Type(KernelMapType.Array, Element | ForEach, directValue: true),
        Type(KernelMapType.ProgArray, TailCall),
        Type(KernelMapType.PerfEventArray, PerfOutput),
        Type(KernelMapType.PercpuHash, Element | ForEach | PerCpuLookup, perCpu: true),
        Type(KernelMapType.PercpuArray, Element | ForEach | PerCpuLookup, perCpu: true),
        Type(KernelMapType.StackTrace, StackTrace),
        Type(KernelMapType.LruHash, Element | ForEach),
        Type(KernelMapType.LruPercpuHash, Element | ForEach | PerCpuLookup, perCpu: true),
        Type(KernelMapType.LpmTrie, Element),
        Type(KernelMapType.ArrayOfMaps, Lookup, holdsMaps: true),
        Type(KernelMapType.HashOfMaps, Lookup, holdsMaps: true),
        Type(KernelMapType.Devmap, Redirect | Lookup),
        Type(KernelMapType.Cpumap, Redirect),
        Type(KernelMapType.Queue, Push | Pop | Peek),
        Type(KernelMapType.Stack, Push | Pop | Peek),
        Type(KernelMapType.Ringbuf, RingBuffer),
        Type(KernelMapType.BloomFilter, Push | Peek),
    ];

    internal static ImmutableDictionary<string, LoadedMap> Load(ImmutableArray<MapSpec> specs) => specs.Index().ToImmutableDictionary(
        entry => entry.Item.Name,
        entry =>
        {
            IMapType type = Find(entry.Item);
            IMap map = type.Descriptor.HasDirectValue ? new ArrayMap(entry.Item) : new BareMap(entry.Item);
            return new LoadedMap(new MapId((uint)entry.Index + 1), type, map, TestRegistry.Plugin, _ => { })
            {
                InnerType = entry.Item.Inner is { } inner ? Find(inner).Descriptor : null,
            };
        });

    /// <summary>All of its type are among <see cref="Types"/>.</summary>
    internal static bool Have(IEnumerable<MapSpec> specs) => specs.All(spec => Types.Any(type => type.Descriptor.Number == spec.Type.Number));

    private static IMapType Find(MapSpec spec) => Types.Single(type => type.Descriptor.Number == spec.Type.Number);

    private static TestMapType Type(
        KernelMapType type, MapOperations operations, bool directValue = false, bool perCpu = false, bool holdsMaps = false) =>
        new(new MapTypeDescriptor
        {
            Name = Kernel.KernelNames.Find(new MapTypeNumber((uint)type))!,
            Description = "For tests.",
            Number = new MapTypeNumber((uint)type),
            KeySize = new SizeRule(0, uint.MaxValue),
            ValueSize = new SizeRule(0, uint.MaxValue),
            MaxEntries = new SizeRule(0, uint.MaxValue),
            Operations = operations,
            HasDirectValue = directValue,
            IsPerCpu = perCpu,
            HoldsMaps = holdsMaps,
        });

    private sealed class TestMapType(MapTypeDescriptor descriptor) : IMapType
    {
        public MapTypeDescriptor Descriptor => descriptor;

        public Result<IMap> Create(MapSpec spec) => throw new NotSupportedException("maps are only looked at here");
    }

    private class BareMap(MapSpec spec) : IMap
    {
        public MapSpec Spec => spec;

        public virtual long MemoryBytes => 0;

        public virtual void Dispose()
        {
        }
    }

    private sealed class ArrayMap : BareMap, IDirectValueMap
    {
        private readonly uint _stride;
        private MapMemory _memory;

        internal ArrayMap(MapSpec spec)
            : base(spec)
        {
            _stride = (uint)MapMemory.RoundUp8(spec.ValueSize);
            _memory = new MapMemory((ulong)_stride * spec.MaxEntries);
            spec.InitialValue.AsSpan().CopyTo(new Span<byte>(_memory.Address, (int)_memory.Length));
        }

        public override long MemoryBytes => (long)_memory.Length;

        public MemoryRegion Values => new((nint)_memory.Address, (nuint)_memory.Length, MemoryAccess.ReadWrite);

        public uint ValueStride => _stride;

        public void Freeze()
        {
        }

        public override void Dispose() => _memory.Free();
    }
}
