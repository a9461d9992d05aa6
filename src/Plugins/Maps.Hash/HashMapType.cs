using Skep.Contracts;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_HASH</c>. NUMA_NODE is accepted and left to the system's allocator.</summary>
public sealed class HashMapType : HashTableType
{
    public HashMapType()
        : this(HashSeed.Random)
    {
    }

    internal HashMapType(Func<HashSeed> newSeed)
        : base(newSeed)
    {
    }

    public override MapTypeDescriptor Descriptor { get; } = Describe(
        "hash",
        "Values by key; entries come and go, up to max_entries.",
        1,
        MapFlags.NoPreallocation | MapFlags.NumaNode) with
    {
        AllowsLocks = true,
    };

    private protected override bool Evicts => false;
}
