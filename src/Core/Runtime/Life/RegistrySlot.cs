using System.Diagnostics;

namespace Skep.Runtime.Life;

/// <summary>
/// The registry as it is now, and who still works with one of before. Who binds something enters first and stays with the registry that it found; who took something out
/// waits until nobody stays with a registry that has it, and then sees all that was bound.
/// </summary>
internal sealed class RegistrySlot(Registry first)
{
    private readonly Lock _gate = new();
    private readonly List<Snapshot> _before = [];
    private Snapshot _now = new(first);

    public Registry Current => Volatile.Read(ref _now).Registry;

    /// <returns>The registry to bind to; to be disposed when what was bound is held.</returns>
    public RegistryStay Enter()
    {
        while (true)
        {
            // First the mark, then the look: Exchange does it the other way round, so that one of the two sees the other.
            Snapshot now = Volatile.Read(ref _now);
            Interlocked.Increment(ref now.Stays);
            if (ReferenceEquals(Volatile.Read(ref _now), now))
            {
                return new RegistryStay(now);
            }

            Interlocked.Decrement(ref now.Stays);
        }
    }

    public void Exchange(Registry next)
    {
        lock (_gate)
        {
            Snapshot before = _now;
            Interlocked.Exchange(ref _now, new Snapshot(next));
            _before.Add(before);
        }
    }

    /// <returns>False when somebody still stays with an earlier registry at the deadline.</returns>
    public bool WaitForEarlier(TimeSpan deadline)
    {
        long start = Stopwatch.GetTimestamp();
        var spin = new SpinWait();
        while (true)
        {
            lock (_gate)
            {
                _before.RemoveAll(snapshot => Volatile.Read(ref snapshot.Stays) == 0);
                if (_before.Count == 0)
                {
                    return true;
                }
            }

            if (Stopwatch.GetElapsedTime(start) > deadline)
            {
                return false;
            }

            spin.SpinOnce();
        }
    }

    internal sealed class Snapshot(Registry registry)
    {
        public readonly Registry Registry = registry;
        public int Stays;
    }
}

/// <summary>Keeps a registry's plugins from leaving while something is bound to them.</summary>
internal sealed class RegistryStay(RegistrySlot.Snapshot snapshot) : IDisposable
{
    private int _left;

    public Registry Registry => snapshot.Registry;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            Interlocked.Decrement(ref snapshot.Stays);
        }
    }
}
