using Skep.Contracts;
using Skep.Maps;
using Skep.Programs;
using Skep.Testing;

namespace Skep.Helpers.Tests;

/// <summary>The helper sets keep the contract, on every engine.</summary>
public static class ContractTests
{
    private static MapSpec Spec(string name, uint type, uint key, uint value, uint entries, uint flags = 0) => new()
    {
        Name = name,
        Type = new MapTypeReference(new MapTypeNumber(type)),
        KeySize = key,
        ValueSize = value,
        MaxEntries = entries,
        Flags = flags,
    };

    public abstract class Contract : HelperSetContract
    {
        protected override IEnumerable<IJitBackend> Backends => [new Jit.X64.X64Backend(), new Jit.Cil.CilBackend()];
    }

    public sealed class Plugin : PluginContract
    {
        protected override IPlugin Create() => new BaseHelpersPlugin();
    }

    public sealed class Map : Contract
    {
        protected override IEnumerable<HelperMap> Maps =>
        [
            new(new HashMapType(), Spec("hash", 1, 4, 16, 8)),
            new(new PerCpuArrayMapType(), Spec("percpu", 6, 4, 16, 8)),
        ];

        protected override IHelperSet Create() => new MapHelpers();

        // Keys and flags that are likely to be there.
        protected override void Shape(HelperDescriptor helper, int index, Span<byte> argument) => argument[1..].Clear();
    }

    public sealed class Queue : Contract
    {
        protected override IEnumerable<HelperMap> Maps => [new(new QueueMapType(), Spec("queue", 22, 0, 16, 8))];

        protected override IHelperSet Create() => new QueueHelpers();
    }

    public sealed class RingBuffer : Contract
    {
        protected override IEnumerable<HelperMap> Maps => [new(new RingBufferMapType(), Spec("ring", 27, 0, 0, 4096))];

        protected override IHelperSet Create() => new RingBufferHelpers();
    }

    public sealed class Clock : Contract
    {
        protected override IHelperSet Create() => new ClockHelpers(new FakeClock());

        // The clock since boot, and the coarse one, are the machine's.
        protected override bool IsRepeatable(HelperDescriptor helper) => helper.Name == "bpf_ktime_get_ns";
    }

    public sealed class Chance : Contract
    {
        protected override IHelperSet Create() => new RandomHelpers();

        protected override bool IsRepeatable(HelperDescriptor helper) => false;
    }

    public sealed class Task : Contract
    {
        protected override IHelperSet Create() => new TaskHelpers(new FakeClock());

        // The thread may move between two runs.
        protected override bool IsRepeatable(HelperDescriptor helper) => helper.Name is not ("bpf_get_smp_processor_id" or "bpf_get_numa_node_id");
    }

    public sealed class ProbeRead : Contract
    {
        protected override IHelperSet Create() => new ProbeReadHelpers();
    }

    public sealed class Trace : Contract
    {
        protected override IHelperSet Create() => new TraceHelpers(new FakeClock(), new RecordingTrace());
    }

    public sealed class Strings : Contract
    {
        protected override IHelperSet Create() => new StringHelpers();
    }

    public sealed class NumberText : Contract
    {
        protected override IHelperSet Create() => new NumberTextHelpers();
    }

    public sealed class Loop : Contract
    {
        protected override IHelperSet Create() => new LoopHelpers();
    }

    public sealed class Lock : Contract
    {
        protected override IReadOnlyDictionary<string, string> NotCalled => new Dictionary<string, string>
        {
            ["bpf_spin_lock"] = "a lock is taken and given back by two calls, and needs a map with types: LockTests",
            ["bpf_spin_unlock"] = "a lock is taken and given back by two calls, and needs a map with types: LockTests",
        };

        protected override IHelperSet Create() => new LockHelpers();
    }

    public sealed class NumberIterator : Contract
    {
        protected override IHelperSet Create() => new NumberIteratorHelpers();

        protected override string? ProgramFor(HelperDescriptor helper) => """
            r6 = 0
            r7 = *(u8 *)(r1 +0)
            r1 = r10
            r1 += -8
            r2 = 0
            r3 = r7
            call bpf_iter_num_new
            again:
            r1 = r10
            r1 += -8
            call bpf_iter_num_next
            if r0 == 0 goto over
            r1 = *(u32 *)(r0 +0)
            r6 += r1
            goto again
            over:
            r1 = r10
            r1 += -8
            call bpf_iter_num_destroy
            r0 = 0
            exit
            """;
    }
}
