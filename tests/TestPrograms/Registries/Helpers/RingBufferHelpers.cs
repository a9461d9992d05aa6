using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>kernel/bpf/ringbuf.c</summary>
internal sealed class RingBufferHelpers : PrototypeSet
{
    private const string Record = "ringbuf_mem";

    public RingBufferHelpers()
        : base("ringbuf")
    {
        HelperArgument map = Map(MapOperations.RingBuffer);
        var released = new HelperArgument(HelperArgumentKind.AcquiredMemory, "data", HelperArgumentFlags.Releases) { ObjectType = Record };
        Add(130, "ringbuf_output", map, Readable("data"), SizeOrZero(), Flags);
        Add(Prototype(131, "ringbuf_reserve", map, new HelperArgument(HelperArgumentKind.AllocationSize, "size"), Flags) with
        {
            Result = new HelperResult(HelperResultKind.MemoryOrNull) { ObjectType = Record, ReleasedBy = "bpf_ringbuf_discard" },
        });
        Add(Prototype(132, "ringbuf_submit", released, Flags) with { Result = HelperResult.Void });
        Add(Prototype(133, "ringbuf_discard", released, Flags) with { Result = HelperResult.Void });
        Add(134, "ringbuf_query", map, Flags);
    }
}
