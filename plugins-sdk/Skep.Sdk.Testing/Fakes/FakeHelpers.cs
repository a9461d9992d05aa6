using System.Collections.Concurrent;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>Linux's helpers of keyed maps, so that maps can be tested without the plugin that has them; look-ups are inlined where the map can say them.</summary>
internal sealed unsafe class FakeMapHelpers : HelperSet, IInliningHelperSet
{
    private static readonly HelperArgument Key = new(HelperArgumentKind.MapKey, "key");

    public FakeMapHelpers()
        : base("skep.testing.map")
    {
        Add(
            new HelperDescriptor("bpf_map_lookup_elem") { Number = new(1), Arguments = [FakeArguments.Map(MapOperations.Lookup), Key], Result = HelperResult.MapValueOrNull },
            static (_, map, key, _, _, _) => (ulong)MapHandle.Keyed(map).ProgramLookup((byte*)key));
        Add(
            new HelperDescriptor("bpf_map_update_elem") { Number = new(2), Arguments = [FakeArguments.Map(MapOperations.Update), Key, FakeArguments.Value, FakeArguments.Number] },
            static (_, map, key, value, flags, _) => (ulong)MapHandle.Keyed(map).ProgramUpdate((byte*)key, (byte*)value, flags));
        Add(
            new HelperDescriptor("bpf_map_delete_elem") { Number = new(3), Arguments = [FakeArguments.Map(MapOperations.Delete), Key] },
            static (_, map, key, _, _, _) => (ulong)MapHandle.Keyed(map).ProgramDelete((byte*)key));
        Add(
            new HelperDescriptor("bpf_map_lookup_percpu_elem") { Number = new(195), Arguments = [FakeArguments.Map(MapOperations.PerCpuLookup), Key, FakeArguments.Number], Result = HelperResult.MapValueOrNull },
            static (_, map, key, cpu, _, _) => (ulong)((IPerCpuMap)MapHandle.Resolve(map)).ProgramLookup((byte*)key, (int)cpu));
    }

    public InlinedCode? Inline(HelperDescriptor helper, IMap? map) => helper.Number?.Value == 1 ? (map as IInlinedLookupMap)?.LookupCode : null;
}

/// <summary>Linux's helpers of queues.</summary>
internal sealed unsafe class FakeQueueHelpers : HelperSet
{
    public FakeQueueHelpers()
        : base("skep.testing.queue")
    {
        Add(
            new HelperDescriptor("bpf_map_push_elem") { Number = new(87), Arguments = [FakeArguments.Map(MapOperations.Push), FakeArguments.Value, FakeArguments.Number] },
            static (_, map, value, flags, _, _) => (ulong)((IQueueMap)MapHandle.Resolve(map)).Push((byte*)value, flags));
        Add(
            new HelperDescriptor("bpf_map_pop_elem") { Number = new(88), Arguments = [FakeArguments.Map(MapOperations.Pop), FakeArguments.ValueOut] },
            static (_, map, value, _, _, _) => (ulong)((IQueueMap)MapHandle.Resolve(map)).Pop((byte*)value));
        Add(
            new HelperDescriptor("bpf_map_peek_elem") { Number = new(89), Arguments = [FakeArguments.Map(MapOperations.Peek), FakeArguments.ValueOut] },
            static (_, map, value, _, _, _) => (ulong)((IQueueMap)MapHandle.Resolve(map)).Peek((byte*)value));
    }
}

/// <summary>Linux's helpers of ring buffers.</summary>
internal sealed unsafe class FakeRingBufferHelpers : HelperSet
{
    private const string Record = "ringbuf_mem";

    private readonly ConcurrentDictionary<ulong, IRingBufferMap> _held = new();

    public FakeRingBufferHelpers()
        : base("skep.testing.ringbuf")
    {
        HelperArgument released = new(HelperArgumentKind.AcquiredMemory, "data", HelperArgumentFlags.Releases) { ObjectType = Record };
        Add(
            new HelperDescriptor("bpf_ringbuf_output")
            {
                Number = new(130),
                Arguments = [FakeArguments.Map(MapOperations.RingBuffer), new(HelperArgumentKind.ReadableMemory, "data"), new(HelperArgumentKind.SizeOrZero, "size"), FakeArguments.Number],
            },
            static (_, map, data, size, flags, _) => (ulong)MapHandle.RingBuffer(map).Output((byte*)data, size, flags));
        Add(
            new HelperDescriptor("bpf_ringbuf_reserve")
            {
                Number = new(131),
                Arguments = [FakeArguments.Map(MapOperations.RingBuffer), new(HelperArgumentKind.AllocationSize, "size"), FakeArguments.Number],
                Result = new HelperResult(HelperResultKind.MemoryOrNull) { ObjectType = Record, ReleasedBy = "bpf_ringbuf_discard" },
            },
            Reserve);
        Add(new HelperDescriptor("bpf_ringbuf_submit") { Number = new(132), Arguments = [released, FakeArguments.Number], Result = HelperResult.Void }, (_, record, flags, _, _, _) => Finish(record, flags, false));
        Add(new HelperDescriptor("bpf_ringbuf_discard") { Number = new(133), Arguments = [released, FakeArguments.Number], Result = HelperResult.Void }, (_, record, flags, _, _, _) => Finish(record, flags, true));
    }

    private ulong Reserve(Invocation* invocation, ulong map, ulong size, ulong flags, ulong r4, ulong r5)
    {
        IRingBufferMap ring = MapHandle.RingBuffer(map);
        ulong record = (ulong)ring.Reserve(size, flags);
        if (record != 0)
        {
            _held[record] = ring;
        }

        return record;
    }

    private ulong Finish(ulong record, ulong flags, bool discard)
    {
        _held.Remove(record, out IRingBufferMap? ring);
        ring!.Submit((nint)record, flags, discard);
        return 0;
    }
}

/// <summary>Linux's tail call.</summary>
internal sealed unsafe class FakeTailCallHelpers : HelperSet
{
    public FakeTailCallHelpers()
        : base("skep.testing.tail_call")
        => Add(
            new HelperDescriptor("bpf_tail_call")
            {
                Number = new(12),
                Arguments = [new(HelperArgumentKind.Context, "ctx"), FakeArguments.Map(MapOperations.TailCall), FakeArguments.Number],
                Result = HelperResult.Void,
                IsTailCall = true,
            },
            static (invocation, _, map, index, _, _) =>
            {
                uint key = (uint)index;
                return MapHandle.Resolve(map) is IObjectMap<LoadedProgram> programs && programs.Find((byte*)&key) is { } program
                    ? Invocation.TailCall(invocation, program)
                    : Errno.ENOENT.ToProgram();
            });
}

/// <summary>What happens inside a run, from the test's point of view.</summary>
/// <param name="invocation">Of the run.</param>
public unsafe delegate ulong InsideRun(Invocation* invocation, ulong r1, ulong r2);

/// <summary>A helper that calls the test back from inside a run.</summary>
internal sealed unsafe class InsideHelpers : HelperSet
{
    public const string Inside = "skep.testing/inside";

    public InsideHelpers()
        : base("skep.testing")
        => Add(
            new HelperDescriptor(Inside) { Arguments = [FakeArguments.Number, FakeArguments.Number] },
            (invocation, r1, r2, _, _, _) => Body(invocation, r1, r2));

    public InsideRun Body { get; set; } = static (_, _, _) => 0;
}

/// <summary>A helper that goes on in a program of the test's choice.</summary>
internal sealed unsafe class JumpHelpers : HelperSet
{
    public const string Jump = "skep.testing/jump";

    public JumpHelpers()
        : base("skep.testing.jump")
        => Add(
            new HelperDescriptor(Jump) { Result = HelperResult.Void, IsTailCall = true },
            (invocation, _, _, _, _, _) => Target is { } target ? Invocation.TailCall(invocation, target) : Errno.ENOENT.ToProgram());

    public LoadedProgram? Target { get; set; }
}

internal static class FakeArguments
{
    public static readonly HelperArgument Number = new(HelperArgumentKind.Anything, "number");
    public static readonly HelperArgument Value = new(HelperArgumentKind.MapValue, "value");
    public static readonly HelperArgument ValueOut = new(HelperArgumentKind.MapValue, "value", HelperArgumentFlags.Uninitialized);

    public static HelperArgument Map(MapOperations operations) => new(HelperArgumentKind.ConstMap, "map") { Operations = operations };
}
