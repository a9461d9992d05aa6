using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_LPM_TRIE</c>. Sizes and flags are those of kernel/bpf/lpm_trie.c, <c>trie_alloc</c>.</summary>
public sealed class PrefixTrieType : IMapType
{
    private const uint PrefixBytes = sizeof(uint);

    /// <summary>LPM_DATA_SIZE_MAX</summary>
    private const uint MaxDataBytes = 256;

    /// <summary>LPM_VAL_SIZE_MAX: the kernel's largest allocation, less the key and the node's head.</summary>
    private const uint MaxValueBytes = (4 << 20) - MaxDataBytes - 40;

    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "lpm_trie",
        Description = "Values by prefix; a look-up finds the longest that matches.",
        Number = new MapTypeNumber(11),
        KeySize = new SizeRule(PrefixBytes + 1, PrefixBytes + MaxDataBytes),
        ValueSize = new SizeRule(1, MaxValueBytes),
        MaxEntries = new SizeRule(1, uint.MaxValue),

        // Where two prefixes part lies a fork, as large as an entry.
        BlocksPerEntry = 2,
        AllowedFlags = MapFlags.NoPreallocation | MapFlags.NumaNode | MapFlags.AccessMask,
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete,
    };

    public Result<IMap> Create(MapSpec spec)
    {
        if (MapAccess.FindConflict(spec) is { } conflict)
        {
            return Result<IMap>.Failure(conflict);
        }

        return (spec.Flags & MapFlags.NoPreallocation) == 0
            ? Result<IMap>.Failure(MapRules.ConflictingFlags.Error(
                new Place { Object = spec.Name },
                $"map {spec.Name} has flags 0x{spec.Flags:x}; a lpm_trie map needs BPF_F_NO_PREALLOC (0x{MapFlags.NoPreallocation:x})",
                "Add __uint(map_flags, BPF_F_NO_PREALLOC) to the map's definition."))
            : Result<IMap>.Success(new PrefixTrie(spec));
    }
}
