using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Helpers of maps without keys (queue, stack, bloom filter); prototypes as in kernel/bpf/helpers.c.</summary>
[HelperSet("queue")]
public sealed unsafe partial class QueueHelpers
{
    [Helper("bpf_map_push_elem", Number = 87, Description = "Adds a value; -E2BIG when full, unless BPF_EXIST drops the oldest.")]
    private static long Push([Argument(Operations = MapOperations.Push)] MapRef map, [Argument(HelperArgumentKind.MapValue)] byte* value, ulong flags)
        => map.Queue.Push(value, flags);

    [Helper("bpf_map_pop_elem", Number = 88, Description = "Takes the next value out; -ENOENT when empty.")]
    private static long Pop([Argument(Operations = MapOperations.Pop)] MapRef map, [Argument(HelperArgumentKind.MapValue, Uninitialized = true)] byte* value)
        => map.Queue.Pop(value);

    [Helper("bpf_map_peek_elem", Number = 89, Description = "Copies the next value and leaves it in; -ENOENT when empty.")]
    private static long Peek([Argument(Operations = MapOperations.Peek)] MapRef map, [Argument(HelperArgumentKind.MapValue, Uninitialized = true)] byte* value)
        => map.Queue.Peek(value);
}
