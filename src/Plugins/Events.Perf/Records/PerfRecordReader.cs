using System.Runtime.InteropServices;

namespace Skep.Events.Records;

/// <summary>
/// Decodes the records of a perf ring (perf_event_open(2), "MMAP layout") whose samples are of type TID, TIME, CPU and RAW. Pure: it reads the
/// span and nothing else, and whatever the bytes are it ends with a record or a problem.
/// </summary>
/// <remarks>Records start at multiples of 8 and the ring's length is one, so a number never wraps; raw bytes may.</remarks>
internal static class PerfRecordReader
{
    private const int HeaderSize = 8;
    private const int LostSize = 24;
    private const int LostSamplesSize = 16;

    // Header, then pid and tid, time, cpu and a reserved word, and the number of raw bytes.
    private const int ProcessOffset = 8;
    private const int ThreadOffset = 12;
    private const int TimeOffset = 16;
    private const int CpuOffset = 24;
    private const int RawLengthOffset = 32;
    private const int RawOffset = 36;

    /// <summary>Decodes the record at <paramref name="position"/>.</summary>
    /// <param name="ring">Its length is a power of two, 8 at least.</param>
    /// <param name="position">Where the record starts; positions count up for ever and wrap around the ring.</param>
    /// <param name="head">Where the kernel's last record ends; not <paramref name="position"/>.</param>
    /// <returns>Null, or what is wrong; then nothing from here to the head can be read.</returns>
    public static string? Read(ReadOnlySpan<byte> ring, ulong position, ulong head, out PerfRecord record)
    {
        record = default;
        ulong available = head - position;
        if (available < HeaderSize || available > (ulong)ring.Length || position % 8 != 0)
        {
            return $"the ring of {ring.Length} bytes claims {available} unread bytes at position {position}";
        }

        var type = (PerfRecordType)UInt32At(ring, position);
        int size = (int)(UInt32At(ring, position + 4) >> 16);
        if (size < HeaderSize || size % 8 != 0 || (ulong)size > available)
        {
            return $"a record of type {(uint)type} claims {size} bytes where {available} are unread";
        }

        record = new PerfRecord { Type = type, Size = size };
        switch (type)
        {
            case PerfRecordType.Sample:
                return ReadSample(ring, position, ref record);
            case PerfRecordType.Lost:
                return ReadLost(ring, position, LostSize, ref record);
            case PerfRecordType.LostSamples:
                return ReadLost(ring, position, LostSamplesSize, ref record);
            default:
                return null;
        }
    }

    /// <summary>Copies a sample's raw bytes, which may wrap around the ring's end.</summary>
    /// <param name="destination">At least as long as they are.</param>
    public static void CopyRaw(ReadOnlySpan<byte> ring, in PerfRecord record, Span<byte> destination)
    {
        int start = Index(ring, record.RawPosition);
        int first = Math.Min(record.RawLength, ring.Length - start);
        ring.Slice(start, first).CopyTo(destination);
        ring[..(record.RawLength - first)].CopyTo(destination[first..]);
    }

    private static string? ReadSample(ReadOnlySpan<byte> ring, ulong position, ref PerfRecord record)
    {
        if (record.Size <= RawOffset)
        {
            return $"a sample claims {record.Size} bytes; with TID, TIME, CPU and RAW it has more than {RawOffset}";
        }

        uint length = UInt32At(ring, position + RawLengthOffset);
        if (length > (uint)(record.Size - RawOffset))
        {
            return $"a sample of {record.Size} bytes claims {length} raw bytes; there is room for {record.Size - RawOffset}";
        }

        record = record with
        {
            ProcessId = (int)UInt32At(ring, position + ProcessOffset),
            ThreadId = (int)UInt32At(ring, position + ThreadOffset),
            Time = UInt64At(ring, position + TimeOffset),
            Cpu = (int)UInt32At(ring, position + CpuOffset),
            RawPosition = position + RawOffset,
            RawLength = (int)length,
        };
        return null;
    }

    private static string? ReadLost(ReadOnlySpan<byte> ring, ulong position, int size, ref PerfRecord record)
    {
        if (record.Size < size)
        {
            return $"a record of lost events claims {record.Size} bytes; it has {size} at least";
        }

        // The number is last in both: id and number, or the number alone.
        record = record with { Lost = UInt64At(ring, position + (ulong)size - sizeof(ulong)) };
        return null;
    }

    private static int Index(ReadOnlySpan<byte> ring, ulong position) => (int)(position & ((ulong)ring.Length - 1));

    // Written by the kernel of this machine, thus in its byte order.
    private static uint UInt32At(ReadOnlySpan<byte> ring, ulong position) => MemoryMarshal.Read<uint>(ring[Index(ring, position)..]);

    private static ulong UInt64At(ReadOnlySpan<byte> ring, ulong position) => MemoryMarshal.Read<ulong>(ring[Index(ring, position)..]);
}
