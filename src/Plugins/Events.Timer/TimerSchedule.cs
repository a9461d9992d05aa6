namespace Skep.Events;

/// <summary>
/// When ticks are due: the first at the start, then one every period after it, so that delays do not add up. Ticks that are overdue
/// together become one, and the others are missed. All times in nanoseconds; not thread-safe.
/// </summary>
internal sealed class TimerSchedule(long start, long period)
{
    private long _next;

    /// <summary>Takes the tick that is due at <paramref name="now"/>.</summary>
    /// <param name="due">When it was due.</param>
    /// <param name="missed">How many before it were due since the last one taken.</param>
    /// <returns>False when none is due yet.</returns>
    public bool TryTake(long now, out long due, out long missed)
    {
        long tick = now < start ? -1 : (now - start) / period;
        due = start + (tick * period);
        missed = tick - _next;
        if (missed < 0)
        {
            missed = 0;
            return false;
        }

        _next = tick + 1;
        return true;
    }

    /// <summary>How long to wait for the next tick; 0 when it is due already.</summary>
    public long NanosecondsUntilNext(long now) => Math.Max(start + (_next * period) - now, 0);
}
