using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>kernel/trace/bpf_trace.c</summary>
internal sealed class TracingHelpers : PrototypeSet
{
    public TracingHelpers()
        : base("tracing")
    {
        Add(Prototype(16, "get_current_comm", Writable("buf"), Size()));
        foreach ((int number, string name) in ((int, string)[])[(112, "probe_read_user"), (113, "probe_read_kernel"), (114, "probe_read_user_str"), (115, "probe_read_kernel_str")])
        {
            Add(Prototype(number, name, Writable("dst"), SizeOrZero(), Number("unsafe_ptr")) with
            {
                IsGplOnly = true,
                Result = HelperResult.Integer with { IsBoundedBySize = name.EndsWith("_str", StringComparison.Ordinal) },
            });
        }

        Add(Prototype(4, "probe_read", Writable("dst"), SizeOrZero(), Number("unsafe_ptr")) with { IsGplOnly = true, ProgramTypes = Tracing });
        Add(Prototype(25, "perf_event_output", Context, Map(MapOperations.PerfOutput), Flags, Readable("data"), SizeOrZero()) with { IsGplOnly = true });
        Add(Prototype(27, "get_stackid", Context, Map(MapOperations.StackTrace), Flags) with { IsGplOnly = true, ProgramTypes = ["kprobe", "tracepoint", "raw_tracepoint"] });
        Add(Prototype(67, "get_stack", Context, Writable("buf"), SizeOrZero(), Flags) with
        {
            IsGplOnly = true,
            ProgramTypes = Tracing,
            Result = HelperResult.Integer with { IsBoundedBySize = true },
        });
        Add(Prototype(173, "get_func_ip", Context) with { IsGplOnly = true, ProgramTypes = Tracing });
        Add(Prototype(174, "get_attach_cookie", Context) with { ProgramTypes = Tracing });
        Add(Prototype(56, "perf_prog_read_value", Context, Writable("buf"), Size("buf_size")) with { IsGplOnly = true, ProgramTypes = ["perf_event"] });
    }
}
