using System.Collections.Immutable;
using Skep.Contracts;
using Skep.KernelOracle;
using Skep.Programs;

namespace Skep.TestPrograms.Registries;

/// <summary>The program types of the corpus as Linux 6.18 has them: contexts, what may be returned, whether pointers may leak.</summary>
internal static class TestProgramTypes
{
    /// <summary>PERF_MAX_TRACE_SIZE</summary>
    private const int MaxTracepointRecord = 8192;

    /// <summary>Twelve 64-bit arguments (MAX_BPF_FUNC_ARGS).</summary>
    private const int RawTracepointArguments = 12 * 8;

    /// <summary>BPF_CGROUP_INET4_CONNECT</summary>
    internal const uint ConnectIPv4 = 10;

    /// <summary>BPF_CGROUP_INET6_CONNECT</summary>
    internal const uint ConnectIPv6 = 11;

    internal static ImmutableArray<IProgramType> All { get; } =
    [
        Type("socket_filter", KernelProgramType.SocketFilter, SocketBufferContext.SocketFilter),
        Type("kprobe", KernelProgramType.Kprobe, ContextLayout.Record(RegistersContext.Size) with { TypeNames = ["pt_regs"] }, leaks: true),
        Type("sched_cls", KernelProgramType.SchedCls, SocketBufferContext.TrafficControl),
        Type("sched_act", KernelProgramType.SchedAct, SocketBufferContext.TrafficControl),
        Type("tracepoint", KernelProgramType.Tracepoint, ContextLayout.Record(MaxTracepointRecord), leaks: true),
        Type("xdp", KernelProgramType.Xdp, XdpContext.Layout),
        Type("perf_event", KernelProgramType.PerfEvent, RegistersContext.PerfEvent, leaks: true),
        Type("cgroup_skb", KernelProgramType.CgroupSkb, SocketBufferContext.Cgroup, returns: new ReturnRange(0, 1)),
        Type("raw_tracepoint", KernelProgramType.RawTracepoint, ContextLayout.Record(RawTracepointArguments), leaks: true),
        Type("cgroup_sock_addr", KernelProgramType.CgroupSockAddr, SocketAddressContext.Connect, returns: new ReturnRange(0, 1)),
    ];

    internal static IEnumerable<string> Names => All.Select(type => type.Descriptor.Name);

    /// <param name="isStrict">The type as it is where accesses must be aligned.</param>
    /// <param name="proof">What must be proved of its programs.</param>
    internal static IProgramType Find(string name, bool isStrict = false, Proof proof = Proof.Full)
    {
        IProgramType type = All.Single(type => type.Descriptor.Name == name);
        return isStrict || proof != Proof.Full ? new TestType(type.Descriptor with { StrictAlignment = isStrict, RequiredProof = proof }) : type;
    }

    internal static KernelProgramType KernelType(string name) => (KernelProgramType)Find(name).Descriptor.Number!.Value.Value;

    /// <summary><c>enum bpf_attach_type</c>, for the types that are loaded with one.</summary>
    internal static uint AttachType(string name) => name == "cgroup_sock_addr" ? ConnectIPv4 : 0;

    private static TestType Type(string name, KernelProgramType number, ContextLayout context, bool leaks = false, ReturnRange? returns = null) =>
        new(new ProgramTypeDescriptor
        {
            Name = name,
            Description = "For tests.",
            Number = new ProgramTypeNumber((uint)number),
            Context = context,
            AllowsPointerLeaks = leaks,
            Returns = returns ?? ReturnRange.Any,
        });

    private sealed class TestType(ProgramTypeDescriptor descriptor) : IProgramType
    {
        public ProgramTypeDescriptor Descriptor => descriptor;

        public ProgramEntry Enter(MemoryRegion data, nint scratch) => default;

        public void Leave(MemoryRegion data, nint scratch, ulong result)
        {
        }
    }
}
