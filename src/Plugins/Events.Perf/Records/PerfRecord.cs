namespace Skep.Events.Records;

/// <summary>enum perf_event_type of linux/perf_event.h; others are skipped.</summary>
internal enum PerfRecordType : uint
{
    Lost = 2,
    Sample = 9,
    LostSamples = 13,
}

/// <summary>One record of a ring, its numbers decoded; the raw bytes stay in the ring.</summary>
internal readonly record struct PerfRecord
{
    public PerfRecordType Type { get; init; }

    /// <summary>Of the whole record, header included, in bytes; a multiple of 8.</summary>
    public int Size { get; init; }

    /// <summary>Samples: kernel's tgid, in the pid namespace of who opened the event.</summary>
    public int ProcessId { get; init; }

    /// <summary>Samples: kernel's pid, in the pid namespace of who opened the event.</summary>
    public int ThreadId { get; init; }

    /// <summary>Samples: on the clock that the event was opened with, in nanoseconds.</summary>
    public ulong Time { get; init; }

    public int Cpu { get; init; }

    /// <summary>Lost records: how many events had no room.</summary>
    public ulong Lost { get; init; }

    /// <summary>Samples: where the raw bytes start, as a position of the ring.</summary>
    public ulong RawPosition { get; init; }

    /// <summary>Samples: the raw bytes, in bytes; the kernel's padding to 8 included, as its own programs see it.</summary>
    public int RawLength { get; init; }
}
