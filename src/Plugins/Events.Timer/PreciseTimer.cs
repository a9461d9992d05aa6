using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Skep.Events;

/// <summary>
/// A one-shot timer with the system's full resolution (tens of microseconds instead of milliseconds) at the price of a thread. Linux only. Ticks run on that
/// thread, one at a time; a tick that was set is gone when <see cref="Dispose"/> returns, unless that is called from inside the tick.
/// </summary>
internal sealed partial class PreciseTimer : ITimer
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const long NotSet = long.MaxValue;
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The last stretch cannot be interrupted, so it is short; the rest waits in whole milliseconds.</summary>
    private const long LastStretchNanoseconds = 2 * NanosecondsPerMillisecond;

    private readonly object _gate = new();
    private readonly Action _tick;
    private readonly Thread _thread;
    private long _deadline = NotSet;
    private bool _isDisposed;

    public PreciseTimer(Action tick)
    {
        _tick = tick;
        _thread = new Thread(Run) { IsBackground = true, Name = "skep-timer" };
        _thread.Start();
    }

    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Sets the timer for one tick; a period is not supported and must be infinite.</summary>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Debug.Assert(period == Timeout.InfiniteTimeSpan, "One-shot only.");
        lock (_gate)
        {
            _deadline = dueTime == Timeout.InfiniteTimeSpan ? NotSet : Stopwatch.GetTimestamp() + (dueTime.Ticks * TimeSpan.NanosecondsPerTick);
            Monitor.Pulse(_gate);
            return !_isDisposed;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Monitor.Pulse(_gate);
        }

        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (WaitForLastStretch(out long deadline))
        {
            if (OperatingSystem.IsLinux())
            {
                SleepUntil(deadline);
            }

            if (TakeTick())
            {
                _tick();
            }
        }
    }

    /// <returns>False when disposed.</returns>
    private bool WaitForLastStretch(out long deadline)
    {
        lock (_gate)
        {
            while (!_isDisposed)
            {
                deadline = _deadline;
                long wait = deadline == NotSet ? NotSet : deadline - Stopwatch.GetTimestamp();
                if (wait <= LastStretchNanoseconds)
                {
                    return true;
                }

                Monitor.Wait(_gate, wait == NotSet ? Timeout.Infinite : (int)Math.Min((wait / NanosecondsPerMillisecond) - 1, int.MaxValue));
            }
        }

        deadline = NotSet;
        return false;
    }

    private bool TakeTick()
    {
        lock (_gate)
        {
            bool isDue = !_isDisposed && _deadline <= Stopwatch.GetTimestamp();
            _deadline = isDue ? NotSet : _deadline;
            return isDue;
        }
    }

    // A stopwatch's timestamps are CLOCK_MONOTONIC in nanoseconds on Linux. Signals may end the sleep early: the caller looks at the clock.
    [SupportedOSPlatform("linux")]
    private static unsafe void SleepUntil(long deadline)
    {
        nint* time = stackalloc nint[2];
        time[0] = (nint)(deadline / 1_000_000_000);
        time[1] = (nint)(deadline % 1_000_000_000);
        _ = SleepOnClock(ClockMonotonic, AbsoluteTime, time, null);
    }

    /// <summary>clock_nanosleep(2)</summary>
    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static unsafe partial int SleepOnClock(int clock, int flags, nint* time, nint* remaining);
}
