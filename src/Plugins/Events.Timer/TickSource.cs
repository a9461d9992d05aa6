using System.Diagnostics;

namespace Skep.Events;

/// <summary>Clock and timers in nanoseconds, from the host's <see cref="TimeProvider"/>.</summary>
/// <remarks>
/// Timers of the system's provider count whole milliseconds, rounded down. Waits are rounded up for them, so that a tick is up to a millisecond late
/// and never early; periods too short for that get a <see cref="PreciseTimer"/> where there is one.
/// </remarks>
internal sealed class TickSource(TimeProvider time)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long PreciseBelowNanoseconds = 20 * NanosecondsPerMillisecond;

    private readonly bool _isSystem = ReferenceEquals(time, TimeProvider.System);

    /// <summary>The monotonic clock, as bpf_ktime_get_ns has it.</summary>
    public long Now
    {
        get
        {
            long frequency = time.TimestampFrequency;
            return frequency == NanosecondsPerSecond ? time.GetTimestamp() : (long)((Int128)time.GetTimestamp() * NanosecondsPerSecond / frequency);
        }
    }

    /// <summary>A timer that is not set.</summary>
    /// <param name="period">What it will be used for, in nanoseconds.</param>
    public ITimer CreateTimer(Action tick, long period)
        => _isSystem && period < PreciseBelowNanoseconds && PreciseTimer.IsSupported
            ? new PreciseTimer(tick)
            : time.CreateTimer(static state => ((Action)state!)(), tick, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Sets a timer for one tick. A timer that is disposed stays so.</summary>
    public void Set(ITimer timer, long nanoseconds)
    {
        Debug.Assert(nanoseconds >= 0, "A wait is not negative.");
        long unit = _isSystem && timer is not PreciseTimer ? NanosecondsPerMillisecond : TimeSpan.NanosecondsPerTick;
        long whole = (nanoseconds + unit - 1) / unit * unit;
        timer.Change(TimeSpan.FromTicks(whole / TimeSpan.NanosecondsPerTick), Timeout.InfiniteTimeSpan);
    }
}
