using Skep.Contracts;
using Skep.Helpers.Machine;

namespace Skep.Helpers;

/// <summary>Clocks, in nanoseconds; prototypes as in kernel/bpf/helpers.c.</summary>
/// <remarks>
/// The monotonic clock is the host's <see cref="TimeProvider"/>: its timestamps are CLOCK_MONOTONIC on Linux, the same clock as the kernel's
/// ktime_get_ns, and can be faked. It is read when the helper is called, which may be after the event. No time provider has
/// CLOCK_BOOTTIME, so that comes from the system; where there is none it is the monotonic clock.
/// </remarks>
public sealed unsafe class ClockHelpers : HelperSet, INativeHelperSet
{
    // Most kernels are built with CONFIG_HZ=250; programs can find out no better there.
    private const ulong NanosecondsPerJiffy = 1_000_000_000 / 250;

    private readonly bool _isSystemTime;

    public ClockHelpers(TimeProvider time)
        : this(time, new LocalMachine())
    {
    }

    internal ClockHelpers(TimeProvider time, IMachine machine)
        : base("clock")
    {
        _isSystemTime = time == TimeProvider.System;
        Add(
            new HelperDescriptor("bpf_ktime_get_ns") { Number = new(5), Description = "Time since the system started, without time asleep, in nanoseconds." },
            (_, _, _, _, _, _) => (ulong)time.GetNanoseconds());
        Add(
            new HelperDescriptor("bpf_ktime_get_boot_ns") { Number = new(125), Description = "Time since the system started, time asleep included, in nanoseconds." },
            (_, _, _, _, _, _) => (ulong)(machine.BootNanoseconds ?? time.GetNanoseconds()));
        Add(
            new HelperDescriptor("bpf_jiffies64") { Number = new(118), Description = "Time since the system started, in ticks of 4 ms." },
            (_, _, _, _, _, _) => (ulong)time.GetNanoseconds() / NanosecondsPerJiffy);
        Add(
            // The kernel's coarse clock saves a reading of the hardware and is a few milliseconds behind; the exact one is as good for any use of it.
            new HelperDescriptor("bpf_ktime_get_coarse_ns") { Number = new(160), Description = "As bpf_ktime_get_ns; here no coarser." },
            (_, _, _, _, _, _) => (ulong)time.GetNanoseconds());
    }

    /// <summary>The runtime's own clock is a C function, which gives nanoseconds on Linux.</summary>
    public nint GetNativeFunction(HelperDescriptor helper)
    {
        ArgumentNullException.ThrowIfNull(helper);
        return helper.Name is "bpf_ktime_get_ns" or "bpf_ktime_get_coarse_ns" && _isSystemTime ? NativeClock.Address : 0;
    }
}
