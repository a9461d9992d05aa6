using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.ProgramTypes;

/// <summary>
/// <c>perf_event</c>: the context is <c>struct bpf_perf_event_data</c>: the registers as bpf_user_pt_regs_t of this machine's architecture, then the sample
/// period and the address, 64 bits each.
/// </summary>
public sealed class PerfEventType() : TracingProgramType(new ProgramTypeDescriptor
{
    Name = "perf_event",
    Description = "Runs at a sample of a performance counter or clock; the context is the registers, the period and the address.",
    Number = new(7),
    Sections = [new("perf_event")],
    Context = ContextLayout.Record(RegisterBytes(RuntimeInformation.ProcessArchitecture) + (2 * sizeof(ulong))) with { TypeNames = ["bpf_perf_event_data"] },
})
{
    /// <summary>sizeof(bpf_user_pt_regs_t): 21 registers on x86-64; 31, sp, pc and pstate on arm64, whose size others get too.</summary>
    private static int RegisterBytes(Architecture architecture) => (architecture == Architecture.X64 ? 21 : 34) * sizeof(ulong);
}
