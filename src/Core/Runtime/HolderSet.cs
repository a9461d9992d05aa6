namespace Skep.Runtime;

/// <summary>Who holds a thing, by readable name; safe for any number of threads.</summary>
internal sealed class HolderSet
{
    private readonly HashSet<Holder> _holders = [];

    /// <summary>Somebody let go; raised by who did, outside of any lock.</summary>
    public event Action? Released;

    /// <summary>The holders' names, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_holders)
            {
                return [.. _holders.Select(holder => holder.Name).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <returns>Disposing it lets go; once.</returns>
    public IDisposable Hold(string name)
    {
        var holder = new Holder(this, name);
        lock (_holders)
        {
            _holders.Add(holder);
        }

        return holder;
    }

    private sealed class Holder(HolderSet set, string name) : IDisposable
    {
        public string Name => name;

        public void Dispose()
        {
            lock (set._holders)
            {
                if (!set._holders.Remove(this))
                {
                    return;
                }
            }

            set.Released?.Invoke();
        }
    }
}
