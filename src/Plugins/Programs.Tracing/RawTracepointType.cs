using Skep.Contracts;

namespace Skep.ProgramTypes;

/// <summary><c>raw_tracepoint</c>: the context is <c>struct bpf_raw_tracepoint_args</c>, the tracepoint's arguments as 64-bit numbers.</summary>
public sealed class RawTracepointType() : TracingProgramType(new ProgramTypeDescriptor
{
    Name = "raw_tracepoint",
    Description = "Runs at a kernel tracepoint; the context is the tracepoint's arguments, unprocessed.",
    Number = new(17),
    Sections = [new("raw_tracepoint", "raw_tracepoint"), new("raw_tp", "raw_tracepoint")],
    Context = new ContextLayout
    {
        TypeNames = ["bpf_raw_tracepoint_args"],
        Size = MaxArguments * sizeof(ulong),
        Fields = [.. Enumerable.Range(0, MaxArguments).Select(i => new ContextField($"args[{i}]", i * sizeof(ulong), sizeof(ulong)))],
    },
})
{
    /// <summary>MAX_BPF_FUNC_ARGS</summary>
    private const int MaxArguments = 12;
}
