namespace Skep.Events.Tests;

/// <summary>A clock that moves when told to, and runs the timers that come due on the way, each at its time.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];

    public long Nanoseconds { get; private set; } = 1_000_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public int LiveTimers => _timers.Count;

    public override long GetTimestamp() => Nanoseconds;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new ManualTimer(this, () => callback(state));
        _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Time passes; timers run.</summary>
    public void Advance(long nanoseconds)
    {
        long end = Nanoseconds + nanoseconds;
        while (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is { } next)
        {
            Nanoseconds = Math.Max(Nanoseconds, next.Due);
            next.Due = long.MaxValue;
            next.Run();
        }

        Nanoseconds = Math.Max(Nanoseconds, end);
    }

    /// <summary>Time passes inside a tick: no timer runs.</summary>
    public void Pass(long nanoseconds) => Nanoseconds += nanoseconds;

    private sealed class ManualTimer(ManualTime time, Action run) : ITimer
    {
        public long Due { get; set; } = long.MaxValue;

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.Nanoseconds + (dueTime.Ticks * TimeSpan.NanosecondsPerTick);
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
