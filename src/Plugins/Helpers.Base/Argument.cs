using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Arguments as prototypes write them, in the kernel's vocabulary.</summary>
internal static class Argument
{
    /// <summary>
    /// The program types that may read memory that is not theirs, as in Linux, where these helpers want CAP_PERFMON: a program of another type
    /// could otherwise carry the host's secrets into its maps.
    /// </summary>
    public static readonly ImmutableArray<string> TracingTypes = ["kprobe", "tracepoint", "raw_tracepoint", "perf_event", "tracing"];

    public static readonly HelperArgument Key = new(HelperArgumentKind.MapKey, "key");

    public static readonly HelperArgument Value = new(HelperArgumentKind.MapValue, "value");

    /// <summary>A value that the helper fills: <c>ARG_PTR_TO_MAP_VALUE | MEM_UNINIT</c>.</summary>
    public static readonly HelperArgument ValueOut = new(HelperArgumentKind.MapValue, "value", HelperArgumentFlags.Uninitialized);

    public static readonly HelperArgument Flags = Number("flags");

    public static HelperArgument Map(MapOperations operations) => new(HelperArgumentKind.ConstMap, "map") { Operations = operations };

    public static HelperArgument Number(string name) => new(HelperArgumentKind.Anything, name);

    public static HelperArgument Readable(string name, HelperArgumentFlags flags = HelperArgumentFlags.None)
        => new(HelperArgumentKind.ReadableMemory, name, flags);

    /// <summary>Memory that the helper fills: <c>ARG_PTR_TO_UNINIT_MEM</c>.</summary>
    public static HelperArgument Out(string name) => new(HelperArgumentKind.WritableMemory, name, HelperArgumentFlags.Uninitialized);

    public static HelperArgument Size(string name) => new(HelperArgumentKind.Size, name);

    public static HelperArgument SizeOrZero(string name) => new(HelperArgumentKind.SizeOrZero, name);

    public static HelperArgument ConstString(string name) => new(HelperArgumentKind.ConstString, name);
}
