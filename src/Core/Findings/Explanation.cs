using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Findings;

/// <summary>What a register held where a program was refused.</summary>
/// <param name="Register">For example <c>r2</c>.</param>
/// <param name="Value">In the words of the kernel's verifier log, for example <c>pkt(off=14,r=0)</c>.</param>
public sealed record RegisterNote(string Register, string Value);

/// <summary>A branch on the way to the place of a finding.</summary>
/// <param name="Slot">Of the conditional jump.</param>
/// <param name="Instruction">As the dump prints it.</param>
/// <param name="IsTaken">Control went to the jump's target; otherwise on to the next instruction.</param>
/// <param name="Source">The C line, where the object says.</param>
/// <param name="Times">How often, where the way goes round a loop.</param>
public sealed record PathStep(SlotIndex Slot, string Instruction, bool IsTaken, SourceLine? Source, int Times);

/// <summary>How the verifier came to refuse a program at a place.</summary>
public sealed record Explanation
{
    /// <summary>The registers that matter, and what is known of them.</summary>
    public ImmutableArray<RegisterNote> Registers { get; init; } = [];

    /// <summary>The branches that lead there, the first one first; loops are folded.</summary>
    public ImmutableArray<PathStep> Path { get; init; } = [];

    /// <summary>How many branches before <see cref="Path"/> are left out.</summary>
    public int PathLeftOut { get; init; }

    /// <summary>Why Linux would accept what was refused; null where Linux refuses it too.</summary>
    public string? StricterThanLinux { get; init; }
}
