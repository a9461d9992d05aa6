using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_HASH</c>. Sizes and flags are those of kernel/bpf/hashtab.c, <c>htab_map_alloc_check</c>.</summary>
public sealed class HashMapType : IMapType
{
    /// <summary>Key and value together stay below this, in bytes: the kernel's largest allocation (4 MiB on x86-64 and arm64 with 4 KiB pages) less its element header.</summary>
    private const uint ElementBytesLimit = (4 << 20) - 48;

    /// <summary>The kernel's table of buckets has at most 2^32 bytes, 16 each, and as many buckets as entries.</summary>
    private const uint MaxEntries = 1 << 27;

    private readonly Func<HashSeed> _newSeed;

    public HashMapType()
        : this(HashSeed.Random)
    {
    }

    /// <param name="newSeed">Gives each map its seed.</param>
    internal HashMapType(Func<HashSeed> newSeed) => _newSeed = newSeed;

    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "hash",
        Description = "Values by key; entries come and go, up to max_entries.",
        Number = new MapTypeNumber(1),
        KeySize = new SizeRule(1, ElementBytesLimit),
        ValueSize = new SizeRule(1, ElementBytesLimit),
        MaxEntries = new SizeRule(1, MaxEntries),

        // NUMA_NODE is accepted and left to the system's allocator.
        AllowedFlags = MapFlags.NoPreallocation | MapFlags.NumaNode | MapFlags.AccessMask | MapFlags.ZeroSeed,
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete | MapOperations.ForEach,
        AllowsLocks = true,
    };

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
                sizeof(uint) => new HashMap<FourByteKey>(spec, seed),
                sizeof(ulong) => new HashMap<EightByteKey>(spec, seed),
                _ => new HashMap<AnyKey>(spec, seed),
            });
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                place, $"map {spec.Name} needs room for {spec.MaxEntries} entries with keys of {spec.KeySize} and values of {spec.ValueSize} bytes, which the system does not give"));
        }
    }
}

/// <summary>What makes one map's hash differ from another's, so that nobody can prepare keys that all fall into one bucket.</summary>
internal readonly record struct HashSeed(ulong Key, ulong Multiplier)
{
    /// <summary>Any odd number with mixed bits will do (this one is 2^64 divided by the golden ratio).</summary>
    public const ulong Mixed = 0x9E37_79B9_7F4A_7C15;

    /// <summary>
    /// The seed under <see cref="MapFlags.ZeroSeed"/>: maps of one process order equal keys equally. Not one that everybody knows, as in Linux, where
    /// only an administrator may set the flag: here any object may, and would prepare a chain of all its keys.
    /// </summary>
    public static readonly HashSeed OfProcess = Random();

    public static HashSeed Random()
    {
        Span<ulong> random = stackalloc ulong[2];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(random));

        // Odd, and never with so few bits set that it would not mix.
        return new HashSeed(random[0], (random[1] | 1) ^ (Mixed & ~1UL));
    }
}
