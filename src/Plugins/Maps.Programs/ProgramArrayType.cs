using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_PROG_ARRAY</c>; sizes and flags are those of kernel/bpf/arraymap.c, <c>fd_array_map_alloc_check</c>.</summary>
public sealed class ProgramArrayType : IMapType
{
    // Elements are references of the host's runtime: as many as one of its arrays takes without being a burden to the collector.
    private const uint MaximumEntries = 1 << 20;

    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "prog_array",
        Description = "Programs by index, for tail calls.",
        Number = new MapTypeNumber(3),
        KeySize = SizeRule.Exactly(sizeof(uint)),
        ValueSize = SizeRule.Exactly(sizeof(uint)),
        MaxEntries = new SizeRule(1, MaximumEntries),
        AllowedFlags = MapFlags.NumaNode,
        Operations = MapOperations.TailCall,
    };

    public Result<IMap> Create(MapSpec spec) => Result<IMap>.Success(new ProgramArray(spec));
}
