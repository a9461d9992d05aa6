using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>kernel/bpf/helpers.c: helpers that take no pointer.</summary>
internal sealed class NumberHelpers : PrototypeSet
{
    public NumberHelpers()
        : base("number")
    {
        Add(Prototype(5, "ktime_get_ns"));
        Add(Prototype(7, "get_prandom_u32"));
        // The kernel's own bound is one below the number of processors that it may have (do_refine_retval_range in kernel/bpf/verifier.c); this is the most.
        Add(Prototype(8, "get_smp_processor_id") with { Result = HelperResult.Integer with { Range = new ReturnRange(0, 8191) } });
        Add(Prototype(42, "get_numa_node_id"));
        Add(Prototype(118, "jiffies64"));
        Add(Prototype(125, "ktime_get_boot_ns"));
        Add(Prototype(208, "ktime_get_tai_ns"));
        Add(Prototype(14, "get_current_pid_tgid"));
        Add(Prototype(15, "get_current_uid_gid"));
        Add(Prototype(80, "get_current_cgroup_id"));
        Add(Prototype(35, "get_current_task") with { IsGplOnly = true });
        Add(Prototype(23, "redirect", Number("ifindex"), Flags) with { ProgramTypes = PacketWriters });
        Add(Prototype(109, "send_signal", Number("sig")));
    }
}
