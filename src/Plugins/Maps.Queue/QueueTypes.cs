using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Maps;

/// <summary>What both types have in common. Sizes and flags are those of kernel/bpf/queue_stack_maps.c, <c>queue_stack_map_alloc_check</c>.</summary>
public abstract class QueueOrStackType : IMapType
{
    /// <summary>The kernel's largest allocation (KMALLOC_MAX_SIZE).</summary>
    private const uint MaxValueBytes = 4 << 20;

    private readonly bool _lastFirst;

    private protected QueueOrStackType(string name, string description, uint number, bool lastFirst)
    {
        _lastFirst = lastFirst;
        Descriptor = new MapTypeDescriptor
        {
            Name = name,
            Description = description,
            Number = new MapTypeNumber(number),
            KeySize = SizeRule.Zero,
            ValueSize = new SizeRule(1, MaxValueBytes),
            MaxEntries = new SizeRule(1, uint.MaxValue - 1),
            AllowedFlags = MapFlags.NumaNode | MapFlags.AccessMask,
            Operations = MapOperations.Push | MapOperations.Pop | MapOperations.Peek,
        };
    }

    public MapTypeDescriptor Descriptor { get; }

    public Result<IMap> Create(MapSpec spec)
    {
        if (MapAccess.FindConflict(spec) is { } conflict)
        {
            return Result<IMap>.Failure(conflict);
        }

        try
        {
            return Result<IMap>.Success(new QueueMap(spec, _lastFirst));
        }
        catch (OutOfMemoryException)
        {
            return Result<IMap>.Failure(MapRules.NoMemory.Error(
                new Place { Object = spec.Name }, $"map {spec.Name} needs room for {spec.MaxEntries} values of {spec.ValueSize} bytes, which the system does not give"));
        }
    }
}

/// <summary><c>BPF_MAP_TYPE_QUEUE</c></summary>
public sealed class QueueMapType() : QueueOrStackType("queue", "Values without keys; the oldest comes out first.", 22, lastFirst: false);

/// <summary><c>BPF_MAP_TYPE_STACK</c></summary>
public sealed class StackMapType() : QueueOrStackType("stack", "Values without keys; the newest comes out first.", 23, lastFirst: true);
