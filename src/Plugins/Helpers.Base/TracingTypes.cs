namespace Skep.Helpers;

/// <summary>
/// The program types that may read memory that is not theirs, as in Linux, where these helpers want CAP_PERFMON: a program of another type
/// could otherwise carry the host's secrets into its maps.
/// </summary>
internal static class TracingTypes
{
    public const string Kprobe = "kprobe";
    public const string Tracepoint = "tracepoint";
    public const string RawTracepoint = "raw_tracepoint";
    public const string PerfEvent = "perf_event";
    public const string Tracing = "tracing";
}
