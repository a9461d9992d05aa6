using Skep.Contracts;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_LRU_PERCPU_HASH</c>; see <see cref="LruHashMapType"/>.</summary>
public sealed class LruPerCpuHashMapType : HashTableType
{
    public LruPerCpuHashMapType()
        : this(HashSeed.Random)
    {
    }

    internal LruPerCpuHashMapType(Func<HashSeed> newSeed)
        : base(newSeed)
    {
    }

    public override MapTypeDescriptor Descriptor { get; } = Describe(
        "lru_percpu_hash",
        "Values by key, one for each CPU; when it is full, a new key takes the place of one that was not used for long.",
        10,
        MapFlags.NoCommonLru, isPerCpu: true);

    private protected override bool Evicts => true;
}
