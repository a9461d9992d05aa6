using Skep.Contracts;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_PERCPU_HASH</c></summary>
public sealed class PerCpuHashMapType : HashTableType
{
    public PerCpuHashMapType()
        : this(HashSeed.Random)
    {
    }

    internal PerCpuHashMapType(Func<HashSeed> newSeed)
        : base(newSeed)
    {
    }

    public override MapTypeDescriptor Descriptor { get; } = Describe(
        "percpu_hash",
        "Values by key, one for each CPU; entries come and go, up to max_entries.",
        5,
        MapFlags.NoPreallocation, isPerCpu: true);

    private protected override bool Evicts => false;
}
