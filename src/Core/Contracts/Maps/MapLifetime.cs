namespace Skep.Contracts;

/// <summary>
/// Keeps a map's native memory until the last operation of user code has left, so that disposing while others work throws in them and never
/// frees under them. Programs do not come through here: the runtime disposes a map only when none can run.
/// </summary>
/// <param name="release">Frees the memory; runs once, on the thread that leaves last.</param>
public sealed class MapLifetime(Action release)
{
    // Bit 0: disposed. The rest counts operations in flight, in steps of 2.
    private const long DisposedBit = 1;
    private const long OneUse = 2;
    private long _state;

    public bool IsDisposed => (Volatile.Read(ref _state) & DisposedBit) != 0;

    /// <summary>Holds the memory until the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The map is disposed.</exception>
    public Use Enter(object map)
    {
        ObjectDisposedException.ThrowIf(!TryEnter(out Use use), map);
        return use;
    }

    /// <summary>As <see cref="Enter"/>, where the end of the map is an answer and no misuse.</summary>
    public bool TryEnter(out Use use)
    {
        long state = Volatile.Read(ref _state);
        while ((state & DisposedBit) == 0)
        {
            long seen = Interlocked.CompareExchange(ref _state, state + OneUse, state);
            if (seen == state)
            {
                use = new Use(this);
                return true;
            }

            state = seen;
        }

        use = default;
        return false;
    }

    /// <summary>Ends the map: nothing enters any more, and the memory goes with the last that is inside.</summary>
    /// <returns>Whether this call was the one that ended it.</returns>
    public bool End()
    {
        long before = Interlocked.Or(ref _state, DisposedBit);
        if ((before & DisposedBit) != 0)
        {
            return false;
        }

        if (before == 0)
        {
            release();
        }

        return true;
    }

    private void Leave()
    {
        if (Interlocked.Add(ref _state, -OneUse) == DisposedBit)
        {
            release();
        }
    }

    /// <summary>One operation of user code.</summary>
    public readonly ref struct Use
    {
        private readonly MapLifetime? _lifetime;

        internal Use(MapLifetime lifetime) => _lifetime = lifetime;

        /// <summary>Call it once.</summary>
        public void Dispose() => _lifetime?.Leave();
    }
}
