using System.Runtime.InteropServices;

namespace Skep.Events;

/// <summary>What a timer program sees: <c>struct timer_ctx { __u64 scheduled_ns; __u64 ticks; __u64 missed; }</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerContext
{
    /// <summary>When the tick was due, on the clock of bpf_ktime_get_ns, in nanoseconds.</summary>
    public ulong ScheduledNanoseconds;

    /// <summary>Ticks that ran, this one included.</summary>
    public ulong Ticks;

    /// <summary>Ticks that were due and did not run, because an earlier one or the system took too long.</summary>
    public ulong Missed;
}
