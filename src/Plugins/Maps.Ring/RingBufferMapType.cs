using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary><c>BPF_MAP_TYPE_RINGBUF</c>. Sizes and flags are those of kernel/bpf/ringbuf.c, <c>ringbuf_map_alloc</c>.</summary>
public sealed class RingBufferMapType : IMapType
{
    /// <summary>Of the machines that most objects are built for; the size of a ring is a multiple.</summary>
    private const uint PageBytes = 4096;

    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "ringbuf",
        Description = "A stream of records from programs to user code, in order; max_entries is its size in bytes.",
        Number = new MapTypeNumber(27),
        KeySize = SizeRule.Zero,
        ValueSize = SizeRule.Zero,
        MaxEntries = new SizeRule(PageBytes, 1u << 31, PageBytes) { PowerOfTwo = true },
        AllowedFlags = MapFlags.NumaNode,
        Operations = MapOperations.RingBuffer,
    };

    public Result<IMap> Create(MapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        try
        {
            return Result<IMap>.Success(new RingBufferMap(spec));
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                new Place { Object = spec.Name }, $"ring buffer {spec.Name} needs twice its size of {spec.MaxEntries} bytes as address space, which the system does not give"));
        }
    }
}
