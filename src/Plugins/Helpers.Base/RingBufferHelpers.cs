using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Helpers of ring buffers; prototypes as in kernel/bpf/ringbuf.c.</summary>
/// <remarks>
/// The calls that hand a record back name only the record. The kernel finds the map through a header in front of it; here the
/// set remembers the map of each record that is held, so that a map type may lay its records out as it likes.
/// </remarks>
public sealed unsafe class RingBufferHelpers : HelperSet
{
    private const string Record = "ringbuf_mem";

    private readonly HeldRecords _held = new();

    public RingBufferHelpers()
        : base("ringbuf")
    {
        Add(
            new HelperDescriptor("bpf_ringbuf_output")
            {
                Number = new(130),
                Description = "Copies a record in; -EAGAIN when the buffer is full.",
                Arguments = [Argument.Map(MapOperations.RingBuffer), Argument.Readable("data"), Argument.SizeOrZero("size"), Argument.Flags],
            },
            static (_, map, data, size, flags, _) => (ulong)MapHandle.RingBuffer(map).Output((byte*)data, size, flags));
        Add(
            new HelperDescriptor("bpf_ringbuf_reserve")
            {
                Number = new(131),
                Description = "Reserves a record to be filled in place and then submitted or discarded; 0 when the buffer is full.",
                Arguments = [Argument.Map(MapOperations.RingBuffer), new HelperArgument(HelperArgumentKind.AllocationSize, "size"), Argument.Flags],
                Result = new HelperResult(HelperResultKind.MemoryOrNull) { ObjectType = Record, ReleasedBy = "bpf_ringbuf_discard" },
            },
            Reserve);
        Add(
            new HelperDescriptor("bpf_ringbuf_submit")
            {
                Number = new(132),
                Description = "Hands a reserved record to the reader.",
                Arguments = [Released, Argument.Flags],
                Result = HelperResult.Void,
            },
            (_, record, flags, _, _, _) => Finish(record, flags, discard: false));
        Add(
            new HelperDescriptor("bpf_ringbuf_discard")
            {
                Number = new(133),
                Description = "Gives a reserved record up; the reader does not see it.",
                Arguments = [Released, Argument.Flags],
                Result = HelperResult.Void,
            },
            (_, record, flags, _, _, _) => Finish(record, flags, discard: true));
        Add(
            new HelperDescriptor("bpf_ringbuf_query")
            {
                Number = new(134),
                Description = "Tells bytes waiting, size, or the reader's or writer's position (BPF_RB_*); a snapshot.",
                Arguments = [Argument.Map(MapOperations.RingBuffer), Argument.Flags],
            },
            static (_, map, flags, _, _, _) => MapHandle.RingBuffer(map).Query((RingBufferQuery)flags));
    }

    private static HelperArgument Released { get; } = new(HelperArgumentKind.AcquiredMemory, "data", HelperArgumentFlags.Releases) { ObjectType = Record };

    private ulong Reserve(Invocation* invocation, ulong map, ulong size, ulong flags, ulong r4, ulong r5)
    {
        IRingBufferMap ring = MapHandle.RingBuffer(map);
        nint record = ring.Reserve(size, flags);
        if (record != 0)
        {
            _held.Add(record, ring);
        }

        return (ulong)record;
    }

    private ulong Finish(ulong record, ulong flags, bool discard)
    {
        _held.Remove((nint)record).Submit((nint)record, flags, discard);
        return 0;
    }

    /// <summary>Which map each held record belongs to. Split by address, so that programs on many CPUs seldom meet; allocates only to grow.</summary>
    private sealed class HeldRecords
    {
        private const int Shards = 16;

        private readonly List<(nint Record, IRingBufferMap Map)>[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new List<(nint, IRingBufferMap)>(8))];

        public void Add(nint record, IRingBufferMap map)
        {
            List<(nint, IRingBufferMap)> shard = Shard(record);
            lock (shard)
            {
                shard.Add((record, map));
            }
        }

        public IRingBufferMap Remove(nint record)
        {
            List<(nint Record, IRingBufferMap Map)> shard = Shard(record);
            lock (shard)
            {
                for (int i = shard.Count - 1; i >= 0; i--)
                {
                    if (shard[i].Record == record)
                    {
                        IRingBufferMap map = shard[i].Map;
                        shard[i] = shard[^1];
                        shard.RemoveAt(shard.Count - 1);
                        return map;
                    }
                }
            }

            throw new ArgumentException($"No program holds a record at {record:x}.", nameof(record));
        }

        private List<(nint Record, IRingBufferMap Map)> Shard(nint record) => _shards[(int)(((ulong)record >> 3) * 0x9E3779B97F4A7C15 >> 60)];
    }
}
