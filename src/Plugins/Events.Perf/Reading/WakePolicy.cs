namespace Skep.Events.Reading;

/// <summary>
/// Decides between waking the reader at each event and having it look at the rings once in a while. A wake-up costs the process that made the event
/// about 10 µs on the virtual machine where this was measured, and a record 0.5 µs; so few events are worth a wake-up each, many are not.
/// </summary>
internal sealed class WakePolicy
{
    /// <summary>While events are many, the rings are looked at so often, in milliseconds.</summary>
    public const int LookMilliseconds = 1;

    /// <summary>So many events within <see cref="WindowNanoseconds"/> are many.</summary>
    public const int Many = 128;

    /// <summary>Fewer events than this within <see cref="WindowNanoseconds"/> are few. Far from <see cref="Many"/>, because switching costs as well.</summary>
    public const int Few = 32;

    public const ulong WindowNanoseconds = 20_000_000;

    private ulong _windowStart;
    private int _inWindow;

    /// <summary>Whether each event is to wake the reader.</summary>
    public bool WakesAtEach { get; private set; } = true;

    /// <param name="now">On the monotonic clock, in nanoseconds; does not go back.</param>
    /// <param name="events">That were read since the last call.</param>
    /// <returns>Whether <see cref="WakesAtEach"/> has changed.</returns>
    public bool Observe(ulong now, int events)
    {
        _inWindow += events;
        bool wasEach = WakesAtEach;
        bool isOver = now - _windowStart >= WindowNanoseconds;
        if (WakesAtEach ? !isOver && _inWindow >= Many : isOver && _inWindow < Few)
        {
            WakesAtEach = !WakesAtEach;
        }

        if (isOver || WakesAtEach != wasEach)
        {
            _windowStart = now;
            _inWindow = 0;
        }

        return WakesAtEach != wasEach;
    }
}
