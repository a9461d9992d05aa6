using Skep.Contracts;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>Clocks, in nanoseconds; prototypes as in kernel/bpf/helpers.c.</summary>
/// <remarks>
/// The monotonic clock is the host's <see cref="TimeProvider"/>: its timestamps are CLOCK_MONOTONIC on Linux, the same clock as the kernel's
/// ktime_get_ns, and can be faked. It is read when the helper is called, which may be after the event. No time provider has
/// CLOCK_BOOTTIME, so that comes from the system; where there is none it is the monotonic clock.
/// </remarks>
[HelperSet("clock")]
public sealed partial class ClockHelpers : INativeHelperSet
{
    // Most kernels are built with CONFIG_HZ=250; programs can find out no better there.
    private const ulong NanosecondsPerJiffy = 1_000_000_000 / 250;

    private readonly TimeProvider _time;
    private readonly IMachine _machine;

    public ClockHelpers(TimeProvider time)
        : this(time, new LocalMachine())
    {
    }

    internal ClockHelpers(TimeProvider time, IMachine machine)
    {
        _time = time;
        _machine = machine;
    }

    [Helper("bpf_ktime_get_ns", Number = 5, Description = "Time since the system started, without time asleep, in nanoseconds.")]
    private ulong GetTime() => (ulong)_time.GetNanoseconds();

    [Helper("bpf_ktime_get_boot_ns", Number = 125, Description = "Time since the system started, time asleep included, in nanoseconds.")]
    private ulong GetBootTime() => (ulong)(_machine.BootNanoseconds ?? _time.GetNanoseconds());

    [Helper("bpf_jiffies64", Number = 118, Description = "Time since the system started, in ticks of 4 ms.")]
    private ulong GetJiffies() => (ulong)_time.GetNanoseconds() / NanosecondsPerJiffy;

    /// <summary>The kernel's coarse clock saves a reading of the hardware and is a few milliseconds behind; the exact one is as good for any use of it.</summary>
    [Helper("bpf_ktime_get_coarse_ns", Number = 160, Description = "As bpf_ktime_get_ns; here no coarser.")]
    private ulong GetCoarseTime() => (ulong)_time.GetNanoseconds();

    /// <summary>The runtime's own clock is a C function, which gives nanoseconds on Linux.</summary>
    public nint GetNativeFunction(HelperDescriptor helper)
    {
        ArgumentNullException.ThrowIfNull(helper);
        return helper.Name is "bpf_ktime_get_ns" or "bpf_ktime_get_coarse_ns" && _time == TimeProvider.System ? NativeClock.Address : 0;
    }
}
