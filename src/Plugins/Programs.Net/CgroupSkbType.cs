using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes;

/// <summary>
/// <c>cgroup_skb</c>: lets a packet of a control group's sockets pass (1) or not (0); it starts with its network header (cg_skb_is_valid_access). On the way out Linux takes
/// 2 and 3 too, for congestion; here they are refused, since sections of one type share its range.
/// </summary>
public sealed class CgroupSkbType() : SkbProgramType(
    new ProgramTypeDescriptor
    {
        Name = "cgroup_skb",
        Description = "Runs on a packet of a control group's sockets; lets it pass (1) or not (0).",
        Number = new(8),
        Sections = [new("cgroup_skb"), new("cgroup/skb")],
        Context = SkbFields.Layout(
            writable: ["mark", "priority", "cb", "tstamp"],
            hidden: ["tc_classid", "data_meta", "wire_len", "tstamp_type"],
            MemoryAccess.Read),
        Returns = new ReturnRange(0, 1),
    },
    isFramed: false);
