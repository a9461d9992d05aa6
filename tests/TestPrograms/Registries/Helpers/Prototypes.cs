using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.TestPrograms.Worlds;
using static Skep.Contracts.HelperArgumentFlags;
using static Skep.Contracts.HelperArgumentKind;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>A set of helpers that are only described: they do whatever their prototype allows.</summary>
internal abstract unsafe class PrototypeSet(string name) : HelperSet(name)
{
    /// <summary>Types that watch the host.</summary>
    protected static readonly ImmutableArray<string> Tracing = ["kprobe", "tracepoint", "perf_event", "raw_tracepoint"];

    protected static readonly ImmutableArray<string> TrafficControl = ["sched_cls", "sched_act"];

    protected static readonly ImmutableArray<string> Xdp = ["xdp"];

    protected static readonly ImmutableArray<string> PacketWriters = ["sched_cls", "sched_act", "xdp"];

    protected static readonly HelperArgument Context = new(HelperArgumentKind.Context, "ctx");

    protected static readonly HelperArgument Flags = Number("flags");

    protected static HelperArgument Map(MapOperations operations) => new(ConstMap, "map") { Operations = operations };

    protected static HelperArgument Number(string name) => new(Anything, name);

    protected static HelperArgument Readable(string name, HelperArgumentFlags flags = None) => new(ReadableMemory, name, flags);

    protected static HelperArgument Writable(string name, HelperArgumentFlags flags = Uninitialized) => new(WritableMemory, name, flags);

    protected static HelperArgument Size(string name = "size") => new(HelperArgumentKind.Size, name);

    protected static HelperArgument SizeOrZero(string name = "size") => new(HelperArgumentKind.SizeOrZero, name);

    protected void Add(HelperDescriptor helper) => Add(helper, (invocation, r1, r2, r3, r4, r5) => WorldHelpers.Call(helper, invocation, r1, r2, r3, r4, r5));

    protected void Add(int number, string name, params ImmutableArray<HelperArgument> arguments) => Add(Prototype(number, name, arguments));

    protected static HelperDescriptor Prototype(int number, string name, params ImmutableArray<HelperArgument> arguments) =>
        new($"bpf_{name}") { Number = new HelperNumber(number), Arguments = arguments };
}
