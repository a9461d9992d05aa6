using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_ARRAY</c>. Sizes and flags are those of kernel/bpf/arraymap.c, <c>array_map_alloc_check</c>.</summary>
public sealed class ArrayMapType : IMapType
{
    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "array",
        Description = "Values by index, side by side, zero at first; entries cannot be deleted.",
        Number = new MapTypeNumber(2),
        KeySize = SizeRule.Exactly(sizeof(uint)),
        ValueSize = new SizeRule(1, int.MaxValue),
        MaxEntries = new SizeRule(1, uint.MaxValue),

        // NUMA_NODE, MMAPABLE and INNER_MAP are promises about memory and verification that hold here anyway.
        AllowedFlags = MapFlags.NumaNode | MapFlags.AccessMask | MapFlags.Mappable | MapFlags.InnerMap,
        Operations = MapOperations.Lookup | MapOperations.Update | MapOperations.Delete | MapOperations.ForEach,
        HasDirectValue = true,
        AllowsLocks = true,
    };

    public Result<IMap> Create(MapSpec spec)
    {
        if (MapAccess.FindConflict(spec) is { } conflict)
        {
            return Result<IMap>.Failure(conflict);
        }

        try
        {
            return Result<IMap>.Success(new ArrayMap(spec));
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                new Place { Object = spec.Name }, $"map {spec.Name} needs {MapMemory.RoundUp8(spec.ValueSize) * spec.MaxEntries} bytes, which the system does not give"));
        }
    }
}
