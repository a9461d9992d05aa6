namespace Skep.Runtime;

/// <summary>Every limit of a runtime, each a named member; immutable. The defaults are the kernel's where it has one.</summary>
public sealed record Limits
{
    public static readonly Limits Default = new();

    /// <summary>Slots of one program (BPF_COMPLEXITY_LIMIT_INSNS).</summary>
    public int MaxInstructions { get; init; } = 1_000_000;

    /// <summary>Functions of one program (BPF_MAX_SUBPROGS).</summary>
    public int MaxFunctions { get; init; } = 256;

    /// <summary>Call frames, the main function's included (MAX_CALL_FRAMES).</summary>
    public int MaxCallDepth { get; init; } = 8;

    /// <summary>Stack of one frame, in bytes (MAX_BPF_STACK).</summary>
    public int MaxFrameBytes { get; init; } = 512;

    /// <summary>Stack of all frames of a chain of calls, in bytes; the kernel uses MAX_BPF_STACK here too.</summary>
    public int MaxCombinedStackBytes { get; init; } = 512;

    /// <summary>Instructions that the verifier walks, on all paths together (BPF_COMPLEXITY_LIMIT_INSNS).</summary>
    public int MaxVisitedInstructions { get; init; } = 1_000_000;

    /// <summary>Branches that the verifier has put off at a time (BPF_COMPLEXITY_LIMIT_JMP_SEQ).</summary>
    public int MaxPendingBranches { get; init; } = 8192;

    /// <summary>States that the verifier keeps for comparison at a time.</summary>
    public int MaxVerifierStates { get; init; } = 200_000;

    /// <summary>Memory of the verifier's states, in bytes.</summary>
    public long MaxVerifierBytes { get; init; } = 512L << 20;

    /// <summary>How long one program may take to verify.</summary>
    public TimeSpan MaxVerificationTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maps of one object.</summary>
    public int MaxMapsPerObject { get; init; } = 1024;

    /// <summary>Native memory of one map as its definition implies it, in bytes.</summary>
    public long MaxMapBytes { get; init; } = 1L << 30;

    /// <summary>Native memory of all maps of a runtime together, in bytes: the system promises more than it has, and ends the process that believes it.</summary>
    public long MaxTotalMapBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Of one run whose end is not proved. Where loops are left to fuel, arriving at a slot of <see cref="Programs.ProgramFacts.FuelSlots"/> takes 1. In the checked
    /// interpreter an instruction takes 1, a call of a helper as many more as it takes time.
    /// </summary>
    public ulong MaxFuel { get; init; } = 1_000_000_000;

    /// <summary>References (reserved records, acquired objects) that one run in the interpreter holds at a time.</summary>
    public int MaxHeldReferences { get; init; } = 1024;

    /// <summary>Installed machine code of all programs of a runtime together, in bytes.</summary>
    public long MaxCodeBytes { get; init; } = 256L << 20;

    /// <summary>Findings kept of one action; further ones are counted.</summary>
    public int MaxFindings { get; init; } = 100;
}
