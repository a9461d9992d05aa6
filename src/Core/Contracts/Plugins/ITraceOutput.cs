namespace Skep.Contracts;

/// <summary>A line that a program printed.</summary>
/// <param name="Timestamp">Of the event that ran the program, on the monotonic clock.</param>
/// <param name="Text">Without a line end.</param>
public readonly record struct TraceRecord(TimeSpan Timestamp, int Cpu, int ProcessId, string Command, string Program, string Text);

/// <summary>Where <c>bpf_trace_printk</c> and its kin write. The host offers it; called from any thread, must not block for long and must not throw.</summary>
public interface ITraceOutput
{
    void Write(in TraceRecord record);
}
