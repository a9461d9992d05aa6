namespace Skep.Hosting;

/// <summary>The hosts that the services of a process have made so far, one for each runtime that was asked for: for measurements and health checks, which must make none. Safe for any number of threads.</summary>
public sealed class SkepHosts
{
    private readonly Lock _gate = new();
    private readonly List<SkepHost> _hosts = [];

    /// <summary>Those that are not disposed.</summary>
    public IReadOnlyList<SkepHost> Current
    {
        get
        {
            lock (_gate)
            {
                _hosts.RemoveAll(static host => host.IsDisposed);
                return [.. _hosts];
            }
        }
    }

    internal SkepHost Add(SkepHost host)
    {
        lock (_gate)
        {
            _hosts.Add(host);
        }

        return host;
    }
}
