using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Events.Reading;
using Skep.Events.Records;
using Skep.Events.Rings;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Events;

/// <summary>
/// A program attached to a kernel tracepoint. Detaching delivers what had happened before it, and may be called on any thread; on the reader's own
/// thread (from what a program calls) it drops the rest instead, because the event that runs cannot be waited for.
/// </summary>
internal sealed unsafe class TracepointLink : Link, IEventSource
{
    // struct trace_entry: type (2 bytes), flags, preempt count, then the thread id in the initial pid namespace.
    private const int CommonPidOffset = 4;

    // A record is no longer than its 16-bit size can say.
    private const int LongestRecord = 1 << 16;

    // How often the rings are looked at where reading them fills them.
    private const int SelfFeedingMilliseconds = 10;

    private readonly RingSet _rings;
    private readonly TimeMerge _merge;
    private readonly WakePolicy _wakes = new();
    private ReaderThread? _reader;
    private byte* _context;
    private int _capacity;
    private int _written;
    private long _reportedLost;
    private bool _isFiltered;
    private bool _isSelfFeeding;
    private volatile bool _isCancelled;

    /// <param name="rings">Disabled; the link disposes them.</param>
    public TracepointLink(AttachRequest request, string attachPoint, RingSet rings)
        : base(request, attachPoint)
    {
        _rings = rings;
        _merge = new TimeMerge([.. rings.Data.Select(ring => ring.Records)]);
        _capacity = Math.Max(LongestRecord, request.Program.RequiredContextSize);
        _context = (byte*)NativeMemory.AllocZeroed((nuint)_capacity);
    }

    IEnumerable<PerfRing> IEventSource.Rings => _rings.All;

    int IEventSource.LongestWait => _isSelfFeeding ? SelfFeedingMilliseconds : _wakes.WakesAtEach ? -1 : WakePolicy.LookMilliseconds;

    /// <summary>Events of the reader's own thread, which were not delivered; the kernel leaves them out from the second on.</summary>
    internal long OwnEvents { get; private set; }

    /// <summary>The kernel's count of events and of those that found no room, at the end; null while the link is attached and before Linux 6.0.</summary>
    internal (long Events, long Lost)? FinalCounts { get; private set; }

    /// <summary>Starts the events.</summary>
    /// <returns>errno(3), or 0; after an error the link only wants to be disposed.</returns>
    public int Start(EventReader reader)
    {
        int error = reader.Add(this, out _reader);
        return error != 0 ? error : _rings.Enable();
    }

    bool IEventSource.Deliver(ulong until, int readerThread)
    {
        try
        {
            int events = 0;
            _rings.ClearBells();
            _merge.Extend();
            while (!_isCancelled && _merge.Next(until) is { } ring)
            {
                events++;
                DeliverCurrent(ring, readerThread);
            }

            _merge.Publish();
            CountLost(_rings.Data.Sum(ring => ring.Records.Lost));
            if (_rings.Data.FirstOrDefault(ring => ring.Records.Problem is not null) is { } corrupt)
            {
                Report($"the kernel's ring is corrupt: {corrupt.Records.Problem}; the rest of what it held was skipped");
            }

            return AdaptWakes(until, events) || (!_isCancelled && _merge.HasMore);
        }
#pragma warning disable CA1031 // Whatever comes out of a program type must not end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ((IEventSource)this).Fail(exception);
            return false;
        }
    }

    void IEventSource.Finish(int readerThread)
    {
        _rings.Disable();
        ((IEventSource)this).Deliver(ulong.MaxValue, readerThread);
        FinalCounts = _rings.ReadCounts();
        if (FinalCounts is { } counts)
        {
            CountLost(counts.Lost); // The kernel tells of lost events with the next one that it has room for; there was none.
        }

        _rings.Dispose();
        NativeMemory.Free(_context);
        _context = null;
    }

    void IEventSource.Fail(Exception exception)
    {
        _isCancelled = true;
        _rings.Disable();
        Report($"the events stopped: {exception.GetType().Name}: {exception.Message}");
    }

    protected override void Detach()
    {
        if (_reader is null)
        {
            ((IEventSource)this).Finish(readerThread: 0);
            return;
        }

        _rings.Disable();
        _isCancelled |= _reader.IsCurrent;
        _reader.Remove(this);
    }

    private void DeliverCurrent(RecordRing ring, int readerThread)
    {
        ref readonly PerfRecord record = ref ring.Current;
        CopyContext(ring);
        if (record.ThreadId == readerThread)
        {
            OwnEvents++;
            LeaveOutReader(record.RawLength);
            return;
        }

        var origin = new EventOrigin
        {
            IsKnown = true,
            ProcessId = record.ProcessId,
            ThreadId = record.ThreadId,
            Cpu = record.Cpu,
            TimestampNanoseconds = (long)record.Time,
        };
        Deliver(new MemoryRegion((nint)_context, (nuint)record.RawLength, MemoryAccess.Read), origin, (nuint)_capacity);
    }

    /// <summary>Lays the record at an aligned address, zeros behind it.</summary>
    private void CopyContext(RecordRing ring)
    {
        int length = ring.Current.RawLength;
        if (Program.RequiredContextSize is var required && required > _capacity)
        {
            NativeMemory.Free(_context);
            _context = null;
            _context = (byte*)NativeMemory.AllocZeroed((nuint)required);
            _capacity = required;
            _written = 0;
        }

        ring.CopyRaw(new Span<byte>(_context, length));
        if (_written > length)
        {
            new Span<byte>(_context + length, _written - length).Clear();
        }

        _written = length;
    }

    /// <summary>
    /// Tells the kernel to leave out the reader's own thread, once such an event was seen: its record shows the number by which the filter knows the
    /// thread, which inside a pid namespace is another than the thread's own.
    /// </summary>
    private void LeaveOutReader(int rawLength)
    {
        if (_isFiltered || rawLength < CommonPidOffset + sizeof(int))
        {
            return;
        }

        _isFiltered = true;
        int error = _rings.SetFilter($"common_pid != {*(int*)(_context + CommonPidOffset)}");
        if (error != 0)
        {
            _isSelfFeeding = true;
            _rings.SwitchBells(false);
            Report($"the kernel does not filter the reader's own events ({Marshal.GetPInvokeErrorMessage(error)}); events come with a delay");
        }
    }

    /// <returns>Whether an event may have come unheard, because its bell was just switched on.</returns>
    private bool AdaptWakes(ulong now, int events)
    {
        if (_isCancelled || _isSelfFeeding || now == ulong.MaxValue || !_wakes.Observe(now, events))
        {
            return false;
        }

        _rings.SwitchBells(_wakes.WakesAtEach);
        return _wakes.WakesAtEach;
    }

    private void CountLost(long total)
    {
        if (total > _reportedLost)
        {
            ReportLost(total - _reportedLost);
            _reportedLost = total;
        }
    }

    private void Report(string message) => ReportProblem(AttachRules.Failed.Error(Place.Nowhere, $"{AttachPoint}:{Target}: {message}"));
}
