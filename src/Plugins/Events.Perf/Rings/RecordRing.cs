using Skep.Events.Records;

namespace Skep.Events.Rings;

/// <summary>
/// The reader's side of one ring in memory: struct perf_event_mmap_page, and the data behind it. The kernel moves the head, the reader the tail; each
/// reads the other's with acquire and writes its own with release, as perf_event_open(2) asks of user space on every architecture. One thread at a time.
/// </summary>
internal sealed unsafe class RecordRing
{
    /// <summary>Offset of data_head in the control page.</summary>
    public const int HeadOffset = 1024;

    /// <summary>Offset of data_tail in the control page.</summary>
    public const int TailOffset = 1032;

    // Giving room back moves a cache line between processors: often enough that the kernel does not run out, not for each record.
    private const int PublicationsPerRing = 8;

    private readonly byte* _control;
    private readonly byte* _data;
    private readonly int _length;
    private ulong _position;
    private ulong _published;
    private ulong _limit;
    private PerfRecord _current;

    /// <param name="length">Of the data, a power of two, in bytes.</param>
    public RecordRing(byte* control, byte* data, int length)
    {
        _control = control;
        _data = data;
        _length = length;
        _position = _published = _limit = Volatile.Read(ref *(ulong*)(control + TailOffset));
    }

    /// <summary>The sample that <see cref="TryAdvance"/> found.</summary>
    public ref readonly PerfRecord Current => ref _current;

    /// <summary>The events that the kernel said it had no room for, in the records read so far.</summary>
    public long Lost { get; private set; }

    /// <summary>The last thing that was wrong with the ring's bytes; null while all was well.</summary>
    public string? Problem { get; private set; }

    private ReadOnlySpan<byte> Data => new(_data, _length);

    /// <summary>Takes note of what the kernel has written by now; <see cref="TryAdvance"/> goes so far.</summary>
    public void Extend() => _limit = Volatile.Read(ref *(ulong*)(_control + HeadOffset));

    /// <summary>Finds the next sample; counts lost events and passes over other records on its way.</summary>
    public bool TryAdvance()
    {
        while (_position != _limit)
        {
            if (PerfRecordReader.Read(Data, _position, _limit, out _current) is { } problem)
            {
                // Where the next record starts is not known.
                Problem = problem;
                _position = _limit;
                break;
            }

            if (_current.Type == PerfRecordType.Sample)
            {
                return true;
            }

            Lost += (long)_current.Lost;
            _position += (ulong)_current.Size;
        }

        return false;
    }

    /// <summary>Copies the current sample's raw bytes.</summary>
    public void CopyRaw(Span<byte> destination) => PerfRecordReader.CopyRaw(Data, in _current, destination);

    /// <summary>The current sample is done with: its room may go back to the kernel.</summary>
    public void Consume()
    {
        _position += (ulong)_current.Size;
        if (_position - _published >= (ulong)(_length / PublicationsPerRing))
        {
            Publish();
        }
    }

    /// <summary>Passes over all that the kernel has written by now.</summary>
    public void Skip()
    {
        Extend();
        _position = _limit;
        Publish();
    }

    /// <summary>Gives all room that was read back to the kernel.</summary>
    public void Publish()
    {
        if (_published != _position)
        {
            _published = _position;
            Volatile.Write(ref *(ulong*)(_control + TailOffset), _position);
        }
    }
}
