using Skep.Contracts;

namespace Skep.ProgramTypes;

/// <summary>
/// <c>tracepoint</c>: the context is the event's record as /sys/kernel/tracing/events/CATEGORY/NAME/format lays it out. Linux hides the first 8 bytes (common_type to
/// common_pid) from programs (tp_prog_is_valid_access); here they are the record's own and can be read.
/// </summary>
public sealed class TracepointType() : TracingProgramType(new ProgramTypeDescriptor
{
    Name = "tracepoint",
    Description = "Runs at a kernel tracepoint; the context is the event's record.",
    Number = new(5),
    Sections = [new("tracepoint", "tracepoint"), new("tp", "tracepoint")],
    Context = ContextLayout.Record(MaxRecordBytes),
})
{
    /// <summary>PERF_MAX_TRACE_SIZE</summary>
    private const int MaxRecordBytes = 8192;
}
