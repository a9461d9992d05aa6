using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Helpers of maps without keys (queue, stack, bloom filter); prototypes as in kernel/bpf/helpers.c.</summary>
public sealed unsafe class QueueHelpers : HelperSet
{
    public QueueHelpers()
        : base("queue")
    {
        Add(
            new HelperDescriptor("bpf_map_push_elem")
            {
                Number = new(87),
                Description = "Adds a value; -E2BIG when full, unless BPF_EXIST drops the oldest.",
                Arguments = [Argument.Map(MapOperations.Push), Argument.Value, Argument.Flags],
            },
            static (_, map, value, flags, _, _) => (ulong)Queue(map).Push((byte*)value, flags));
        Add(
            new HelperDescriptor("bpf_map_pop_elem")
            {
                Number = new(88),
                Description = "Takes the next value out; -ENOENT when empty.",
                Arguments = [Argument.Map(MapOperations.Pop), Argument.ValueOut],
            },
            static (_, map, value, _, _, _) => (ulong)Queue(map).Pop((byte*)value));
        Add(
            new HelperDescriptor("bpf_map_peek_elem")
            {
                Number = new(89),
                Description = "Copies the next value and leaves it in; -ENOENT when empty.",
                Arguments = [Argument.Map(MapOperations.Peek), Argument.ValueOut],
            },
            static (_, map, value, _, _, _) => (ulong)Queue(map).Peek((byte*)value));
    }

    private static IQueueMap Queue(ulong map) => (IQueueMap)MapHandle.Resolve(map);
}
