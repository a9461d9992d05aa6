using Skep.Contracts;
using Skep.ProgramTypes.Contexts;

namespace Skep.ProgramTypes;

/// <summary><c>sched_cls</c>: classifies a packet at a queue of traffic control; with direct action the result is TC_ACT_* (tc_cls_act_is_valid_access).</summary>
public sealed class SchedClsType() : SkbProgramType(
    new ProgramTypeDescriptor
    {
        Name = "sched_cls",
        Description = "Runs on a packet at a queue of traffic control; the context is its struct __sk_buff.",
        Number = new(3),
        Sections = [new("tc"), new("tcx"), new("netkit"), new("classifier")],
        Context = TrafficControl.Layout,
    },
    isFramed: true);

/// <summary><c>sched_act</c>: an action of traffic control; as <see cref="SchedClsType"/>.</summary>
public sealed class SchedActType() : SkbProgramType(
    new ProgramTypeDescriptor
    {
        Name = "sched_act",
        Description = "Runs on a packet as an action of traffic control; the context is its struct __sk_buff.",
        Number = new(4),
        Sections = [new("action")],
        Context = TrafficControl.Layout,
    },
    isFramed: true);

/// <summary>What both types of traffic control share.</summary>
internal static class TrafficControl
{
    public static ContextLayout Layout { get; } = SkbFields.Layout(
        writable: ["mark", "tc_index", "priority", "tc_classid", "cb", "tstamp", "queue_mapping"],
        hidden: SkbFields.OfSocket,
        MemoryAccess.ReadWrite);
}
