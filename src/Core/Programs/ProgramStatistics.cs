using System.Diagnostics;
using Skep.Contracts;

namespace Skep.Programs;

/// <summary>What a program did. Run counts and times are kept only while <see cref="Enabled"/>; faults always. Safe for any number of threads.</summary>
public sealed class ProgramStatistics
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private long _runs;
    private long _ticks;
    private long _traps;
    private long _helperFaults;
    private string? _lastHelperFault;
    private TrapBox? _lastTrap;
    private volatile bool _isEnabled;

    /// <summary>Whether runs are counted and timed; costs two clock readings a run.</summary>
    public bool Enabled
    {
        get => _isEnabled;
        set
        {
            _isEnabled = value;
            OnChange?.Invoke();
        }
    }

    /// <summary>Called after <see cref="Enabled"/> was set.</summary>
    internal Action? OnChange { get; set; }

    public long Runs => Volatile.Read(ref _runs);

    /// <summary>Time in the program, marshalling not included, in nanoseconds.</summary>
    public long TotalNanoseconds => (long)(Volatile.Read(ref _ticks) * NanosecondsPerTick);

    /// <summary>Runs that ended in a trap.</summary>
    public long Traps => Volatile.Read(ref _traps);

    public Trap LastTrap => Volatile.Read(ref _lastTrap)?.Trap ?? Trap.None;

    /// <summary>Helper calls that threw; the program went on with the helper's error value.</summary>
    public long HelperFaults => Volatile.Read(ref _helperFaults);

    /// <summary>The helper and the exception of the last fault; null when there was none.</summary>
    public string? LastHelperFault => Volatile.Read(ref _lastHelperFault);

    internal void CountRun(long ticks)
    {
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _ticks, ticks);
    }

    internal void CountTrap(Trap trap)
    {
        Interlocked.Increment(ref _traps);
        Volatile.Write(ref _lastTrap, new TrapBox(trap));
    }

    internal void CountHelperFault(string helper, Exception exception)
    {
        Interlocked.Increment(ref _helperFaults);
        Volatile.Write(ref _lastHelperFault, $"{helper}: {exception.GetType().Name}: {exception.Message}");
    }

    private sealed class TrapBox(Trap trap)
    {
        public Trap Trap => trap;
    }
}
