using Skep.Events.Rings;

namespace Skep.Events.Reading;

/// <summary>What a <see cref="ReaderThread"/> reads; all members are called on that thread.</summary>
internal interface IEventSource
{
    /// <summary>What to wait for.</summary>
    IEnumerable<PerfRing> Rings { get; }

    /// <summary>After how long to look again though nothing woke the reader, in milliseconds; negative for never.</summary>
    int LongestWait { get; }

    /// <summary>Delivers what the rings hold up to <paramref name="until"/>, and no more than they held at the call. Does not throw.</summary>
    /// <param name="until">On the monotonic clock, in nanoseconds.</param>
    /// <param name="readerThread">The calling thread as records name it.</param>
    /// <returns>Whether there may be more already: look again without waiting.</returns>
    bool Deliver(ulong until, int readerThread);

    /// <summary>Delivers the rest and closes everything; the last call. Does not throw.</summary>
    void Finish(int readerThread);

    /// <summary>The reader itself failed; <see cref="Finish"/> follows.</summary>
    void Fail(Exception exception);
}
