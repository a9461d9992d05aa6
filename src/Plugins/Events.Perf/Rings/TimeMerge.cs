namespace Skep.Events.Rings;

/// <summary>Gives the samples of several rings in the order of their time. A ring's own order is kept. One thread at a time.</summary>
internal sealed class TimeMerge(IReadOnlyList<RecordRing> rings)
{
    // Holds the rings that have a current sample, by its time; the others are at their limit.
    private readonly PriorityQueue<RecordRing, ulong> _waiting = new(rings.Count);
    private readonly List<RecordRing> _ended = [.. rings];
    private RecordRing? _given;

    /// <summary>A sample was left for later because of its time.</summary>
    public bool HasMore => _given is not null || _waiting.Count > 0;

    /// <summary>Takes note of what the kernel has written by now.</summary>
    public void Extend()
    {
        Release();
        foreach (RecordRing ring in rings)
        {
            ring.Extend();
        }

        for (int i = _ended.Count - 1; i >= 0; i--)
        {
            if (_ended[i].TryAdvance())
            {
                _waiting.Enqueue(_ended[i], _ended[i].Current.Time);
                _ended.RemoveAt(i);
            }
        }
    }

    /// <summary>The ring whose current sample is the next in time; null when there is none up to <paramref name="until"/>.</summary>
    /// <param name="until">The last time that is given, in nanoseconds.</param>
    /// <returns>Its sample is done with at the next call.</returns>
    public RecordRing? Next(ulong until)
    {
        Release();
        return _waiting.TryPeek(out RecordRing? ring, out ulong time) && time <= until ? _given = ring : null;
    }

    /// <summary>Gives all room that was read back to the kernel.</summary>
    public void Publish()
    {
        Release();
        foreach (RecordRing ring in rings)
        {
            ring.Publish();
        }
    }

    private void Release()
    {
        if (_given is not { } ring)
        {
            return;
        }

        _given = null;
        ring.Consume();
        if (ring.TryAdvance())
        {
            _waiting.DequeueEnqueue(ring, ring.Current.Time);
        }
        else
        {
            _waiting.Dequeue();
            _ended.Add(ring);
        }
    }
}
