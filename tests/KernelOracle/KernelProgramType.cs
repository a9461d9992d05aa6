namespace Skep.KernelOracle;

/// <summary><c>enum bpf_prog_type</c>; the kernel's other numbers may be cast to it.</summary>
public enum KernelProgramType : uint
{
    SocketFilter = 1,
    Kprobe = 2,
    SchedCls = 3,
    SchedAct = 4,
    Tracepoint = 5,
    Xdp = 6,
    PerfEvent = 7,
    CgroupSkb = 8,
    RawTracepoint = 17,

    /// <summary>Must be loaded with its <c>enum bpf_attach_type</c>.</summary>
    CgroupSockAddr = 18,

    /// <summary>
    /// Runs only by test run, on a context of plain bytes that it may read and write; must be loaded with
    /// <see cref="KernelProgramFlags.Sleepable"/>. The nearest that the kernel has to Skep's raw programs.
    /// </summary>
    Syscall = 31,
}

/// <summary>The flags of <c>BPF_PROG_LOAD</c>.</summary>
[Flags]
public enum KernelProgramFlags : uint
{
    None = 0,
    StrictAlignment = 1 << 0,
    AnyAlignment = 1 << 1,
    TestRandomHigh32 = 1 << 2,
    TestStateFrequency = 1 << 3,
    Sleepable = 1 << 4,
}

/// <summary>How much the verifier writes into its log.</summary>
[Flags]
public enum KernelLogLevel : uint
{
    None = 0,

    /// <summary>The path to the refusal; next to nothing for an accepted program.</summary>
    Level1 = 1,

    /// <summary>Every path that was walked, with the state after each instruction.</summary>
    Level2 = 2,

    /// <summary>Counts at the end; without it <see cref="KernelLoadResult.Statistics"/> is null.</summary>
    Stats = 4,
}
