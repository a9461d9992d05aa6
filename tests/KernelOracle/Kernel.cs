namespace Skep.KernelOracle;

/// <summary>The kernel that this process runs on, as far as it can be asked about eBPF.</summary>
public static class Kernel
{
    /// <summary>
    /// Whether programs can be loaded here, found out by loading one that returns 0. Tests pass both results to
    /// <c>Assert.SkipUnless</c>.
    /// </summary>
    /// <param name="reason">What is missing and what would help; empty where nothing is.</param>
    public static bool IsAvailable(out string reason)
    {
        reason = FindObstacle();
        return reason.Length == 0;
    }

    private static string FindObstacle()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "the kernel oracle needs Linux";
        }

        if (BpfSystemCall.Number < 0 || !BitConverter.IsLittleEndian)
        {
            return "the kernel oracle does not know this processor's number of bpf(2)";
        }

        ReadOnlySpan<ulong> returnZero = [Slots.MovImmediate(0, 0), Slots.Exit];
        KernelLoadResult result = KernelProgram.TryLoad(
            returnZero, KernelProgramType.Syscall, flags: KernelProgramFlags.Sleepable);
        result.Program?.Dispose();
        return result.Error switch
        {
            Errno.None => "",
            Errno.ENOSYS => "the kernel has no bpf(2): CONFIG_BPF_SYSCALL is off, or a sandbox hides it",
            Errno.EPERM => "bpf(2) refused with EPERM: run as root (or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN), "
                + "outside a sandbox that forbids it",
            Errno.EINVAL => "the kernel refused a program of type syscall: it needs Linux 5.14 or later",
            _ => $"the kernel refused a program that returns 0, with {result.Error}: {result.Log}",
        };
    }
}
