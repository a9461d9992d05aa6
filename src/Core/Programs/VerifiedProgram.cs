using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Flow;
using Skep.Isa;

namespace Skep.Programs;

/// <summary>How much a verifier proved.</summary>
public enum Proof : byte
{
    /// <summary>The structure only: engines must check memory, helper arguments, call depth and fuel while running.</summary>
    Structure,

    /// <summary>Everything: engines run without checks.</summary>
    Full,
}

/// <summary>A program that the verifier accepted; only the verifier can make one.</summary>
public sealed class VerifiedProgram
{
    internal VerifiedProgram(LinkedProgram linked, ControlFlowGraph flow, ProgramFacts facts)
    {
        Linked = linked;
        Flow = flow;
        Facts = facts;
    }

    public LinkedProgram Linked { get; }

    public ControlFlowGraph Flow { get; }

    public ProgramFacts Facts { get; }
}

/// <summary>What the verifier proved of a program; true for every run.</summary>
public sealed record ProgramFacts
{
    public required Proof Proof { get; init; }

    /// <summary>By slot: whether some path reaches it. The second slot of a 64-bit immediate counts as its first.</summary>
    public required ImmutableArray<bool> Reachable { get; init; }

    /// <summary>Functions in the order of their start.</summary>
    public required ImmutableArray<FunctionFacts> Functions { get; init; }

    /// <summary>By slot: whether control can come there with the values that are possible. Empty where only the structure is proved.</summary>
    public ImmutableArray<bool> Visited { get; init; } = [];

    /// <summary>By slot: where a conditional jump goes. Empty where only the structure is proved.</summary>
    public ImmutableArray<BranchOutcome> Branches { get; init; } = [];

    /// <summary>By slot: what an access touches. Empty where only the structure is proved.</summary>
    public ImmutableArray<AccessFact> Accesses { get; init; } = [];

    /// <summary>By slot: the value that the source register of the instruction always has, where that is one.</summary>
    public FrozenDictionary<int, ulong> Constants { get; init; } = FrozenDictionary<int, ulong>.Empty;

    /// <summary>Calls of helpers whose result may be null by the prototype and never is, in order.</summary>
    public ImmutableArray<SlotIndex> NeverNull { get; init; } = [];

    /// <summary>By slot: the registers whose value some path from there reads. Empty where only the structure is proved.</summary>
    public ImmutableArray<RegisterSet> LiveRegisters { get; init; } = [];

    /// <summary>
    /// The most instructions that one run executes in the program's own code; null where loops of the runtime or fuel bound it, and where global functions
    /// take part, which are verified each on their own.
    /// </summary>
    public long? LongestPath { get; init; }

    /// <summary>What verifying took.</summary>
    public VerificationStatistics Statistics { get; init; } = VerificationStatistics.None;

    /// <summary>
    /// Slots at which a loop that is not proved to end goes round, in order: engines count one unit of fuel each time control arrives at one of
    /// them, and trap there when none is left (<see cref="Contracts.TrapKind.FuelExhausted"/>). Empty when every path is proved to end.
    /// </summary>
    public ImmutableArray<SlotIndex> FuelSlots { get; init; } = [];

    /// <summary>
    /// Every load and store of the context, in the order of the slots, where the type's layout places a field elsewhere than programs see it; lowering
    /// converts them. With <see cref="Proof.Full"/> it names all of them; with <see cref="Proof.Structure"/> those that could be told, and the
    /// others meet the context as the host lays it out, which they may read but cannot understand.
    /// </summary>
    public ImmutableArray<ContextAccess> ContextAccesses { get; init; } = [];

    /// <summary>One past the last context byte that any access may read, in bytes; sources pad events to it. 0 where it is not known.</summary>
    public int RequiredContextSize { get; init; }
}

/// <summary>A load or store of the context.</summary>
/// <param name="Offset">Of the first byte accessed, from the start of the context as the program sees it.</param>
public readonly record struct ContextAccess(SlotIndex Slot, int Offset);

/// <param name="StackBytes">The deepest byte below R10 that the function touches, in bytes.</param>
public sealed record FunctionFacts(SlotIndex Start, int Length, int StackBytes)
{
    /// <summary>Some path reads stack that it did not write: engines clear the frame when it is opened.</summary>
    public bool ReadsUnwrittenStack { get; init; }
}

/// <summary>Where a conditional jump goes, on all runs together.</summary>
[Flags]
public enum BranchOutcome : byte
{
    /// <summary>No conditional jump, or control never comes there.</summary>
    None = 0,

    /// <summary>On to the next instruction.</summary>
    FallsThrough = 1,

    /// <summary>To its target.</summary>
    Jumps = 2,

    /// <summary>Now there, now here.</summary>
    Both = FallsThrough | Jumps,
}

/// <summary>The memory that an instruction accesses.</summary>
public enum AccessRegion : byte
{
    /// <summary>No access, or control never comes there.</summary>
    None = 0,

    /// <summary>Now one, now another.</summary>
    Several = 1,
    Context = 2,
    Stack = 3,
    MapValue = 5,
    MapKey = 6,
    Packet = 7,
    PacketMeta = 8,
    Memory = 10,
}

/// <summary>What an instruction accesses on all runs together.</summary>
/// <param name="Target">An index that tells maps and kinds of memory apart within this program; 0 where there is nothing to tell.</param>
/// <param name="Start">The lowest offset, in bytes, from the region's first byte; for the stack from R10 of its frame (negative).</param>
/// <param name="End">One past the highest byte.</param>
public readonly record struct AccessFact(AccessRegion Region, int Target, long Start, long End);

/// <summary>What verifying a program took.</summary>
/// <param name="VisitedInstructions">On all paths together.</param>
/// <param name="TotalStates">States that were kept.</param>
/// <param name="PeakStates">States that were kept or put off at the same time.</param>
/// <param name="MostStatesAtOneInstruction">Kept at the same time.</param>
/// <param name="PeakBytes">Memory of states and what is noted about them, in bytes; about.</param>
/// <param name="Duration">From the first check to the last.</param>
public sealed record VerificationStatistics(int VisitedInstructions, int TotalStates, int PeakStates, int MostStatesAtOneInstruction, long PeakBytes, TimeSpan Duration)
{
    public static readonly VerificationStatistics None = new(0, 0, 0, 0, 0, TimeSpan.Zero);
}
