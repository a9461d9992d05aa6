using Microsoft.Win32.SafeHandles;
using Skep.Events.Interop;

namespace Skep.Events.Rings;

/// <summary>Where opening failed, and errno(3).</summary>
internal readonly record struct OpenFailure(OpenStep Step, int Error);

internal enum OpenStep : byte
{
    /// <summary>perf_event_open(2).</summary>
    Open,

    /// <summary>mmap(2) of the ring, whose pages are locked.</summary>
    Map,
}

/// <summary>What a ring is for.</summary>
internal enum RingKind : byte
{
    /// <summary>Holds the events. Its reader is woken when a part of it is full, not before.</summary>
    Data,

    /// <summary>Wakes its reader at each event; what it holds says nothing.</summary>
    Bell,
}

/// <summary>A tracepoint on one CPU: the kernel's event, which starts disabled, and its ring. Disposing it ends both.</summary>
internal sealed unsafe class PerfRing : IDisposable
{
    private const int InvalidArgument = 22; // EINVAL
    private const int WakeupsPerRing = 4;

    private readonly SafeFileHandle _event;
    private readonly nuint _mappedLength;
    private readonly bool _readsLost;
    private nint _mapped;

    private PerfRing(SafeFileHandle perfEvent, bool readsLost, nint mapped, nuint mappedLength)
    {
        _event = perfEvent;
        _readsLost = readsLost;
        _mapped = mapped;
        _mappedLength = mappedLength;
        int page = Environment.SystemPageSize;
        Records = new RecordRing((byte*)mapped, (byte*)mapped + page, (int)mappedLength - page);
    }

    public RecordRing Records { get; }

    /// <summary>For poll(2); -1 once waiting for it makes no sense any more.</summary>
    public int Descriptor { get; private set; } = -1;

    /// <summary>Opens the event on <paramref name="cpu"/>, disabled.</summary>
    /// <param name="tracepoint">The number in the tracepoint's <c>id</c> file.</param>
    /// <param name="bufferBytes">A power of two, raised to a page, in bytes.</param>
    public static PerfRing? Open(RingKind kind, int cpu, ulong tracepoint, int bufferBytes, out OpenFailure failure)
    {
        failure = default;
        int page = Environment.SystemPageSize;
        int dataLength = Math.Max(page, bufferBytes);
        PerfEventAttributes attributes = kind == RingKind.Data ? DataAttributes(tracepoint, dataLength) : BellAttributes(tracepoint);
        int error = OpenEvent(cpu, attributes, out SafeFileHandle perfEvent, out bool readsLost);
        if (error != 0)
        {
            failure = new OpenFailure(OpenStep.Open, error);
            perfEvent.Dispose();
            return null;
        }

        nuint length = (nuint)(page + dataLength);
        error = SystemCalls.Map(perfEvent, length, out nint mapped);
        if (error != 0)
        {
            failure = new OpenFailure(OpenStep.Map, error);
            perfEvent.Dispose();
            return null;
        }

        return new PerfRing(perfEvent, readsLost, mapped, length) { Descriptor = (int)perfEvent.DangerousGetHandle() };
    }

    /// <summary>Whether the event may be opened; it is closed again.</summary>
    /// <returns>errno(3), 0 when it may.</returns>
    public static int Probe(int cpu, ulong tracepoint)
    {
        int error = OpenEvent(cpu, DataAttributes(tracepoint, Environment.SystemPageSize), out SafeFileHandle perfEvent, out _);
        perfEvent.Dispose();
        return error;
    }

    public int Enable() => SystemCalls.Enable(_event);

    /// <summary>When it returns, the ring gets no further record.</summary>
    public void Disable()
    {
        try
        {
            SystemCalls.Disable(_event);
        }
        catch (ObjectDisposedException)
        {
            // A reader that failed has closed it meanwhile.
        }
    }

    /// <summary>Sets the kernel's filter on the tracepoint's fields; the kernel allows it once.</summary>
    public int SetFilter(string filter) => SystemCalls.SetFilter(_event, filter);

    /// <summary>The processor went away: nothing more comes.</summary>
    public void StopPolling() => Descriptor = -1;

    /// <summary>The kernel's own count of events and of those that found no room; null before Linux 6.0.</summary>
    public (long Events, long Lost)? ReadCounts()
    {
        Span<ulong> numbers = stackalloc ulong[2];
        return _readsLost && SystemCalls.TryRead(_event, numbers) ? ((long)numbers[0], (long)numbers[1]) : null;
    }

    public void Dispose()
    {
        if (_mapped != 0)
        {
            _ = SystemCalls.Unmap(_mapped, _mappedLength);
            _mapped = 0;
        }

        _event.Dispose();
    }

    private static PerfEventAttributes DataAttributes(ulong tracepoint, int dataLength) => Attributes(tracepoint) with
    {
        SampleType = PerfEventAttributes.SampleTid | PerfEventAttributes.SampleTime | PerfEventAttributes.SampleCpu | PerfEventAttributes.SampleRaw,
        Flags = PerfEventAttributes.FlagDisabled | PerfEventAttributes.FlagUseClockId | PerfEventAttributes.FlagWatermark,
        Wakeup = (uint)(dataLength / WakeupsPerRing),
        ClockId = PerfEventAttributes.ClockMonotonic,
    };

    private static PerfEventAttributes BellAttributes(ulong tracepoint) => Attributes(tracepoint) with
    {
        Flags = PerfEventAttributes.FlagDisabled,
        Wakeup = 1,
    };

    private static PerfEventAttributes Attributes(ulong tracepoint) => new()
    {
        Type = PerfEventAttributes.TypeTracepoint,
        Size = PerfEventAttributes.StructSize,
        Config = tracepoint,
        SamplePeriod = 1,
        ReadFormat = PerfEventAttributes.ReadLost,
    };

    private static int OpenEvent(int cpu, PerfEventAttributes attributes, out SafeFileHandle perfEvent, out bool readsLost)
    {
        readsLost = true;
        int error = SystemCalls.OpenPerfEvent(in attributes, cpu, out perfEvent);
        if (error == InvalidArgument)
        {
            perfEvent.Dispose();
            readsLost = false;
            attributes.ReadFormat = 0;
            error = SystemCalls.OpenPerfEvent(in attributes, cpu, out perfEvent);
        }

        return error;
    }
}
