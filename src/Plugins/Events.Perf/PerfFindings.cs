using System.Runtime.InteropServices;
using Skep.Events.Interop;
using Skep.Events.Rings;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Events;

/// <summary>What prevents events, in words.</summary>
internal static class PerfFindings
{
    private const string ParanoidPath = "/proc/sys/kernel/perf_event_paranoid";

    private const int NoSuchEvent = 2; // ENOENT
    private const int OutOfMemory = 12; // ENOMEM
    private const int ProcessFileLimit = 24; // EMFILE
    private const int NoSuchCall = 38; // ENOSYS

    public static Finding NoSystem { get; } = AttachRules.NotAvailable.Error(
        Place.Nowhere, "tracepoints need Linux on x64 or arm64; this is " + RuntimeInformation.RuntimeIdentifier);

    public static Finding CannotOpen(OpenFailure failure, string target, int cpu, int bufferBytes)
    {
        string reason = Marshal.GetPInvokeErrorMessage(failure.Error);
        string call = failure.Step == OpenStep.Open ? "perf_event_open(2)" : "mmap(2)";
        return (failure.Step, failure.Error) switch
        {
            (OpenStep.Open, SystemCalls.PermissionDenied or SystemCalls.NotPermitted) => AttachRules.NotPermitted.Error(
                Place.Nowhere,
                $"the kernel does not let this user watch {target} on all processes: kernel.perf_event_paranoid is {ReadParanoid()}, and at most -1 opens it to all",
                "Run as root or with the capability CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8)."),
            (OpenStep.Map, SystemCalls.NotPermitted) => AttachRules.NotPermitted.Error(
                Place.Nowhere,
                $"the buffer of {bufferBytes} bytes on CPU {cpu} is more than this user may lock (sysctl kernel.perf_event_mlock_kb)",
                "Run as root or with CAP_IPC_LOCK, raise the limit, detach other links, or choose a smaller PerfEventsOptions.BufferBytesPerCpu."),
            (OpenStep.Map, OutOfMemory) => AttachRules.NotAvailable.Error(
                Place.Nowhere,
                $"there is no memory for a buffer of {bufferBytes} bytes on CPU {cpu}",
                "Choose a smaller PerfEventsOptions.BufferBytesPerCpu."),
            (OpenStep.Open, ProcessFileLimit) => AttachRules.NotAvailable.Error(
                Place.Nowhere,
                $"{target} needs a file descriptor for each CPU, and there are no more from CPU {cpu} on",
                "Raise the limit (ulimit -n)."),
            (OpenStep.Open, NoSuchEvent) => AttachRules.NoSuchTarget.Error(Place.Nowhere, $"the kernel has no tracepoint {target} any more"),
            (OpenStep.Open, NoSuchCall) => AttachRules.NotAvailable.Error(
                Place.Nowhere, $"the kernel does not offer {call}", "Use a kernel with CONFIG_PERF_EVENTS, or a sandbox that lets the call through."),
            _ => AttachRules.Failed.Error(Place.Nowhere, $"{call} for {target} on CPU {cpu} failed with error {failure.Error}, {reason}"),
        };
    }

    public static Finding CannotStart(int error, string target)
        => AttachRules.Failed.Error(Place.Nowhere, $"the events of {target} could not be started: error {error}, {Marshal.GetPInvokeErrorMessage(error)}");

    private static string ReadParanoid()
    {
        try
        {
            return File.ReadAllText(ParanoidPath).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "not readable";
        }
    }
}
