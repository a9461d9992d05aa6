using Skep.Findings;

namespace Skep.Events.Rings;

/// <summary>
/// A tracepoint on every CPU that is online when it is opened. CPUs that come later are not watched; those that go leave what they wrote.
/// </summary>
internal sealed class RingSet : IDisposable
{
    private const int NoSuchDevice = 19; // ENODEV: the CPU went offline since it was listed.

    private readonly List<PerfRing> _data = [];
    private readonly List<PerfRing> _bells = [];

    private RingSet()
    {
    }

    /// <summary>The rings that hold the events, one a CPU.</summary>
    public IReadOnlyList<PerfRing> Data => _data;

    /// <summary>All rings, to wait for.</summary>
    public IEnumerable<PerfRing> All => _data.Concat(_bells);

    /// <summary>Opens the rings, disabled; all or none.</summary>
    /// <param name="target">For messages.</param>
    public static Result<RingSet> Open(ulong tracepoint, int bufferBytes, string target)
    {
        IReadOnlyList<int> cpus = CpuList.ReadOnline();
        var set = new RingSet();
        OpenFailure failure = default;
        foreach (int cpu in cpus)
        {
            if (!set.TryAdd(cpu, tracepoint, bufferBytes, out failure) && failure.Error != NoSuchDevice)
            {
                set.Dispose();
                return Result<RingSet>.Failure(PerfFindings.CannotOpen(failure, target, cpu, bufferBytes));
            }
        }

        return set._data.Count > 0
            ? Result<RingSet>.Success(set)
            : Result<RingSet>.Failure(PerfFindings.CannotOpen(failure, target, cpus[0], bufferBytes));
    }

    /// <summary>Starts the events, the bells first: an event without a bell would lie unread.</summary>
    /// <returns>errno(3) of the first ring that could not be enabled, or 0.</returns>
    public int Enable() => _bells.Concat(_data).Select(ring => ring.Enable()).FirstOrDefault(error => error != 0);

    /// <summary>When it returns, no ring gets a further record.</summary>
    public void Disable()
    {
        _data.ForEach(ring => ring.Disable());
        _bells.ForEach(ring => ring.Disable());
    }

    /// <summary>Decides whether each event wakes the reader.</summary>
    public void SwitchBells(bool on)
    {
        foreach (PerfRing bell in _bells)
        {
            if (on)
            {
                bell.Enable();
            }
            else
            {
                bell.Disable();
            }
        }
    }

    /// <summary>Makes room in the bells: one that is full is silent.</summary>
    public void ClearBells() => _bells.ForEach(bell => bell.Records.Skip());

    /// <summary>Sets the filter on all rings; possible once.</summary>
    /// <returns>errno(3) of the first ring that refused, or 0.</returns>
    public int SetFilter(string filter) => All.Select(ring => ring.SetFilter(filter)).FirstOrDefault(error => error != 0);

    /// <summary>The kernel's own counts, summed; null before Linux 6.0.</summary>
    public (long Events, long Lost)? ReadCounts()
    {
        long events = 0;
        long lost = 0;
        foreach (PerfRing ring in _data)
        {
            if (ring.ReadCounts() is not { } counts)
            {
                return null;
            }

            events += counts.Events;
            lost += counts.Lost;
        }

        return (events, lost);
    }

    public void Dispose()
    {
        _data.ForEach(ring => ring.Dispose());
        _bells.ForEach(ring => ring.Dispose());
    }

    private bool TryAdd(int cpu, ulong tracepoint, int bufferBytes, out OpenFailure failure)
    {
        if (PerfRing.Open(RingKind.Data, cpu, tracepoint, bufferBytes, out failure) is not { } data)
        {
            return false;
        }

        _data.Add(data);
        if (PerfRing.Open(RingKind.Bell, cpu, tracepoint, Environment.SystemPageSize, out failure) is not { } bell)
        {
            return false;
        }

        _bells.Add(bell);
        return true;
    }
}
