using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>What the four kinds of hash table have in common. Sizes and flags are those of kernel/bpf/hashtab.c, <c>htab_map_alloc_check</c>.</summary>
public abstract class HashTableType : IMapType
{
    /// <summary>Key and value together stay below this, in bytes: the kernel's largest allocation (4 MiB on x86-64 and arm64 with 4 KiB pages) less its element header.</summary>
    private protected const uint ElementBytesLimit = (4 << 20) - 48;

    /// <summary>The kernel's table of buckets has at most 2^32 bytes, 16 each, and as many buckets as entries.</summary>
    private const uint MaxEntries = 1 << 27;

    /// <summary>The most that a value may take on one CPU, in bytes (<c>PCPU_MIN_UNIT_SIZE</c>).</summary>
    private const uint MaxPerCpuBytes = 32 << 10;

    private readonly Func<HashSeed> _newSeed;

    /// <param name="newSeed">Gives each map its seed.</param>
    private protected HashTableType(Func<HashSeed> newSeed) => _newSeed = newSeed;

    public abstract MapTypeDescriptor Descriptor { get; }

    /// <summary>A full map gives up an entry instead of refusing a new one.</summary>
    private protected abstract bool Evicts { get; }

    public Result<IMap> Create(MapSpec spec)
    {
        if (MapAccess.FindConflict(spec) is { } conflict)
        {
            return Result<IMap>.Failure(conflict);
        }

        var place = new Place { Object = spec.Name };
        if ((ulong)spec.KeySize + spec.ValueSize >= ElementBytesLimit)
        {
            return Result<IMap>.Failure(MapRules.ElementTooLarge.Error(
                place, $"map {spec.Name} has keys of {spec.KeySize} and values of {spec.ValueSize} bytes, together {(ulong)spec.KeySize + spec.ValueSize}; a hash map takes less than {ElementBytesLimit}"));
        }

        try
        {
            HashSeed seed = (spec.Flags & MapFlags.ZeroSeed) != 0 ? HashSeed.OfProcess : _newSeed();
            return Result<IMap>.Success(spec.KeySize switch
            {
                sizeof(uint) => Make<FourByteKey>(spec, seed),
                sizeof(ulong) => Make<EightByteKey>(spec, seed),
                _ => Make<AnyKey>(spec, seed),
            });
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                place, $"map {spec.Name} needs room for {spec.MaxEntries} entries with keys of {spec.KeySize} and values of {spec.ValueSize} bytes, which the system does not give"));
        }
    }

    /// <param name="flags">Beside those that every kind takes.</param>
    private protected static MapTypeDescriptor Describe(string name, string description, uint number, uint flags, bool isPerCpu = false) => new()
    {
        Name = name,
        Description = description,
        Number = new MapTypeNumber(number),
        KeySize = new SizeRule(1, ElementBytesLimit),
        ValueSize = new SizeRule(1, isPerCpu ? MaxPerCpuBytes : ElementBytesLimit),
        MaxEntries = new SizeRule(1, MaxEntries),
        AllowedFlags = flags | MapFlags.AccessMask | MapFlags.ZeroSeed,
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete | MapOperations.ForEach | (isPerCpu ? MapOperations.PerCpuLookup : MapOperations.None),
        IsPerCpu = isPerCpu,
    };

    private IKeyedMap Make<TKey>(MapSpec spec, HashSeed seed)
        where TKey : struct, IKeyLayout
        => Descriptor.IsPerCpu ? new PerCpuHashMap<TKey>(spec, seed, Evicts) : new HashMap<TKey, SingleValue>(spec, seed, Evicts);
}
