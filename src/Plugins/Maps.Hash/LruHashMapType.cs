using Skep.Contracts;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_LRU_HASH</c>. Elements are always allocated at once; NO_COMMON_LRU is accepted, and all CPUs share one order all the same.</summary>
public sealed class LruHashMapType : HashTableType
{
    public LruHashMapType()
        : this(HashSeed.Random)
    {
    }

    internal LruHashMapType(Func<HashSeed> newSeed)
        : base(newSeed)
    {
    }

    public override MapTypeDescriptor Descriptor { get; } = Describe(
        "lru_hash",
        "Values by key; when it is full, a new one takes the place of one that was not used for long.",
        9,
        MapFlags.NoCommonLru | MapFlags.NumaNode);

    private protected override bool Evicts => true;
}
