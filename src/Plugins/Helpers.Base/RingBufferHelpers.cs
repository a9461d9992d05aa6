using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Helpers of ring buffers; prototypes as in kernel/bpf/ringbuf.c.</summary>
/// <remarks>
/// The calls that hand a record back name only the record. The kernel finds the map through a header in front of it; here the
/// set remembers the map of each record that is held, so that a map type may lay its records out as it likes.
/// </remarks>
[HelperSet("ringbuf")]
public sealed unsafe partial class RingBufferHelpers
{
    private const string Record = "ringbuf_mem";
    private const string DiscardName = "bpf_ringbuf_discard";

    private readonly HeldRecords _held = new();

    [Helper("bpf_ringbuf_output", Number = 130, Description = "Copies a record in; -EAGAIN when the buffer is full.")]
    private static long Output(
        [Argument(Operations = MapOperations.RingBuffer)] MapRef map,
        [Argument(HelperArgumentKind.ReadableMemory)] byte* data,
        [Argument(HelperArgumentKind.SizeOrZero)] ulong size,
        ulong flags)
        => map.RingBuffer.Output(data, size, flags);

    [Helper("bpf_ringbuf_reserve", Number = 131, Description = "Reserves a record to be filled in place and then submitted or discarded; 0 when the buffer is full.")]
    [return: Result(HelperResultKind.MemoryOrNull, ObjectType = Record, ReleasedBy = DiscardName)]
    private nint Reserve([Argument(Operations = MapOperations.RingBuffer)] MapRef map, [Argument(HelperArgumentKind.AllocationSize)] ulong size, ulong flags)
    {
        IRingBufferMap ring = map.RingBuffer;
        nint record = ring.Reserve(size, flags);
        if (record != 0)
        {
            _held.Add(record, ring);
        }

        return record;
    }

    [Helper("bpf_ringbuf_submit", Number = 132, Description = "Hands a reserved record to the reader.")]
    private void Submit([Argument(HelperArgumentKind.AcquiredMemory, Name = "data", ObjectType = Record, Releases = true)] nint record, ulong flags)
        => _held.Remove(record).Submit(record, flags, discard: false);

    [Helper(DiscardName, Number = 133, Description = "Gives a reserved record up; the reader does not see it.")]
    private void Discard([Argument(HelperArgumentKind.AcquiredMemory, Name = "data", ObjectType = Record, Releases = true)] nint record, ulong flags)
        => _held.Remove(record).Submit(record, flags, discard: true);

    [Helper("bpf_ringbuf_query", Number = 134, Description = "Tells bytes waiting, size, or the reader's or writer's position (BPF_RB_*); a snapshot.")]
    private static ulong Query([Argument(Operations = MapOperations.RingBuffer)] MapRef map, RingBufferQuery flags) => map.RingBuffer.Query(flags);

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
