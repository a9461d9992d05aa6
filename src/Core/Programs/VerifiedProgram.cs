using System.Collections.Immutable;
using Skep.Flow;

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
