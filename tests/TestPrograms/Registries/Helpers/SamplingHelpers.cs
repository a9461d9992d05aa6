using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>kernel/bpf/stackmap.c: what perf_event programs get in place of the tracing helper of the same number (bpf_get_stackid_pe, under any licence).</summary>
internal sealed class SamplingHelpers : PrototypeSet
{
    public SamplingHelpers()
        : base("sampling") => Add(Prototype(27, "get_stackid", Context, Map(MapOperations.StackTrace), Flags) with { ProgramTypes = ["perf_event"] });
}
