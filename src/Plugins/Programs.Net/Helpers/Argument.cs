using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.ProgramTypes.Helpers;

/// <summary>Arguments as the kernel's prototypes write them (net/core/filter.c), and the types that helpers serve.</summary>
internal static class Argument
{
    public static readonly ImmutableArray<string> Xdp = ["xdp"];

    public static readonly ImmutableArray<string> TrafficControl = ["sched_cls", "sched_act"];

    public static readonly ImmutableArray<string> TrafficControlAndXdp = ["sched_cls", "sched_act", "xdp"];

    public static readonly ImmutableArray<string> Skb = ["sched_cls", "sched_act", "socket_filter", "cgroup_skb"];

    public static readonly HelperArgument Context = new(HelperArgumentKind.Context, "ctx");

    public static readonly HelperArgument Flags = Number("flags");

    public static HelperArgument Number(string name) => new(HelperArgumentKind.Anything, name);

    public static HelperArgument Readable(string name, HelperArgumentFlags flags = HelperArgumentFlags.None) => new(HelperArgumentKind.ReadableMemory, name, flags);

    /// <summary>Memory that the helper fills: <c>ARG_PTR_TO_UNINIT_MEM</c>.</summary>
    public static HelperArgument Out(string name) => new(HelperArgumentKind.WritableMemory, name, HelperArgumentFlags.Uninitialized);

    public static HelperArgument Size(string name) => new(HelperArgumentKind.Size, name);

    public static HelperArgument SizeOrZero(string name) => new(HelperArgumentKind.SizeOrZero, name);
}
