namespace Skep.Testing;

/// <summary>A clock that moves when told to, and runs the timers that come due on the way, each at its time, on the thread that moves it. For any number of threads.</summary>
public sealed class FakeClock : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private long _nanoseconds = 1_000_000_000_000;

    /// <summary>The time on the monotonic clock.</summary>
    public long Nanoseconds => Interlocked.Read(ref _nanoseconds);

    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>Timers that were made and not disposed.</summary>
    public int LiveTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public override long GetTimestamp() => Nanoseconds;

    public override DateTimeOffset GetUtcNow() => Epoch + TimeSpan.FromTicks(Nanoseconds / TimeSpan.NanosecondsPerTick);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, () => callback(state));
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Time passes; timers run.</summary>
    public void Advance(long nanoseconds)
    {
        long end = Nanoseconds + nanoseconds;
        while (TakeDue(end) is { } next)
        {
            next.Run();
        }

        Pass(Math.Max(0, end - Nanoseconds));
    }

    /// <summary>Time passes inside a tick: no timer runs.</summary>
    public void Pass(long nanoseconds) => Interlocked.Add(ref _nanoseconds, nanoseconds);

    private FakeTimer? TakeDue(long end)
    {
        lock (_gate)
        {
            if (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is not { } next)
            {
                return null;
            }

            Interlocked.Exchange(ref _nanoseconds, Math.Max(_nanoseconds, next.Due));
            next.Due = next.Period > 0 ? next.Due + next.Period : long.MaxValue;
            return next;
        }
    }

    private sealed class FakeTimer(FakeClock clock, Action run) : ITimer
    {
        public long Due { get; set; } = long.MaxValue;

        /// <summary>In nanoseconds; 0 for once.</summary>
        public long Period { get; private set; }

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.Nanoseconds + (dueTime.Ticks * TimeSpan.NanosecondsPerTick);
                Period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks * TimeSpan.NanosecondsPerTick;
                return clock._timers.Contains(this);
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
