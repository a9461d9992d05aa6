using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Maps;

/// <summary>
/// The ring itself: records with the headers and the rules of kernel/bpf/ringbuf.c. Any number of producers; one consumer, which callers see to.
/// </summary>
/// <remarks>
/// <para>
/// Positions only grow and are 64 bits wide; a record's place is its position modulo the size. A record is an 8-byte header (length with the bits
/// <see cref="Busy"/> and <see cref="Discard"/>, then 4 unused bytes) and its data, rounded up to 8. Space is reserved under a lock, so reservation order is
/// position order, and the consumer stops at the first busy record.
/// </para>
/// <para>
/// Data must be contiguous where the ring wraps. The kernel maps the same pages twice in a row so that it may map them into user space; here nobody maps the
/// ring, and it is enough that the memory is twice as long as the ring: a record that starts before the end runs on into the second half, and the next one starts
/// in the first half, behind the bytes that it would have covered. Live records never cover the same bytes, since all of them together are smaller than the ring.
/// Headers always lie in the first half. It costs address space and the pages that such records touch; it needs no system call and works everywhere.
/// </para>
/// </remarks>
internal sealed unsafe class RingStorage
{
    /// <summary>Set in a header's length while its producer is writing (<c>BPF_RINGBUF_BUSY_BIT</c>).</summary>
    public const uint Busy = 1u << 31;

    /// <summary>Set for a record that the consumer skips (<c>BPF_RINGBUF_DISCARD_BIT</c>).</summary>
    public const uint Discard = 1u << 30;

    private const uint HeaderBytes = 8;

    /// <summary>The largest record, in bytes (<c>RINGBUF_MAX_RECORD_SZ</c>).</summary>
    private const ulong MaxRecordBytes = uint.MaxValue / 4;

    private readonly byte* _data;
    private readonly ulong _mask;
    private MapMemory _memory;
    private Positions _positions;

    /// <param name="size">In bytes, a power of two.</param>
    public RingStorage(uint size)
    {
        _mask = size - 1UL;
        _memory = new MapMemory(2UL * size);
        _data = _memory.Address;
    }

    public ulong Size => _mask + 1;

    public long MemoryBytes => (long)_memory.Length;

    public ulong ProducerPosition => Volatile.Read(ref _positions.Producer);

    public ulong ConsumerPosition => Volatile.Read(ref _positions.Consumer);

    /// <summary>Whether the record at the consumer's position is there and finished, be it discarded.</summary>
    public bool IsReady => ConsumerPosition is var position && position < ProducerPosition && (Volatile.Read(ref *Header(position)) & Busy) == 0;

    /// <summary>Takes space for a record, which is busy until <see cref="Commit"/>.</summary>
    /// <returns>The data's address, or null when it does not fit (now, or ever).</returns>
    public byte* Reserve(ulong size)
    {
        if (size > MaxRecordBytes)
        {
            return null;
        }

        ulong length = MapMemory.RoundUp8(size + HeaderBytes);
        MapSpinLock.Enter(ref _positions.Lock);
        ulong position = _positions.Producer;

        // Never the whole ring, as in the kernel. Its second test, against the oldest busy record, guards against consumers in user space that
        // claim to be ahead of that; ours stops there.
        if (position + length - ConsumerPosition > _mask)
        {
            MapSpinLock.Exit(ref _positions.Lock);
            return null;
        }

        uint* header = Header(position);
        header[0] = (uint)size | Busy;
        header[1] = 0;
        Volatile.Write(ref _positions.Producer, position + length);
        MapSpinLock.Exit(ref _positions.Lock);
        return (byte*)header + HeaderBytes;
    }

    /// <summary>Finishes a record.</summary>
    /// <returns>Whether the consumer stands at this record: it has read all before it, and may be waiting.</returns>
    public bool Commit(byte* record, bool discard)
    {
        var header = (uint*)(record - HeaderBytes);
        uint length = header[0] ^ Busy;

        // A full fence: either the consumer sees this record when it looks again before it waits, or its position is seen here.
        Interlocked.Exchange(ref *header, discard ? length | Discard : length);
        return (ConsumerPosition & _mask) == (ulong)((byte*)header - _data);
    }

    /// <summary>For the consumer: the next record before <paramref name="limit"/> that is finished. Discarded ones are passed over.</summary>
    public bool TryPeek(ulong limit, out ReadOnlySpan<byte> record)
    {
        while (_positions.Consumer < limit)
        {
            uint* header = Header(_positions.Consumer);
            uint length = Volatile.Read(ref *header);
            if ((length & Busy) != 0)
            {
                break;
            }

            if ((length & Discard) == 0)
            {
                record = new ReadOnlySpan<byte>((byte*)header + HeaderBytes, (int)length);
                return true;
            }

            Advance((int)(length & ~Discard));
        }

        record = default;
        return false;
    }

    /// <summary>For the consumer: gives the space of the record that was peeked at back to the producers.</summary>
    public void Advance(int length) => Volatile.Write(ref _positions.Consumer, _positions.Consumer + MapMemory.RoundUp8((uint)length + HeaderBytes));

    public void Free() => _memory.Free();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint* Header(ulong position) => (uint*)(_data + (position & _mask));

    /// <summary>On cache lines of their own, in pairs (processors fetch two): the consumer's, and what producers share.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Positions
    {
        [FieldOffset(128)]
        public ulong Consumer;

        [FieldOffset(256)]
        public ulong Producer;

        [FieldOffset(264)]
        public int Lock;
    }
}
