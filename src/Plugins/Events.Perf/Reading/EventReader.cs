namespace Skep.Events.Reading;

/// <summary>
/// Reads the rings of all links of one attach point on one thread, which lives while there are links. One thread, because what a reader does is
/// itself an event: two would wake each other for ever, and the kernel's filter, which can be set once, can leave out one thread for good.
/// </summary>
/// <remarks>Any thread may call.</remarks>
internal sealed class EventReader
{
    private readonly Lock _gate = new();
    private ReaderThread? _current;

    /// <summary>Starts to read the source.</summary>
    /// <returns>errno(3), or 0 and the thread that reads it.</returns>
    public int Add(IEventSource source, out ReaderThread? thread)
    {
        lock (_gate)
        {
            if (_current is null || !_current.TryAdd(source))
            {
                int error = ReaderThread.Start(source, out _current);
                thread = _current;
                return error;
            }

            thread = _current;
            return 0;
        }
    }
}
