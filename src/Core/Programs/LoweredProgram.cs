using System.Collections.Immutable;
using Skep.Isa;
using Skep.Runtime;

namespace Skep.Programs;

/// <summary>
/// The bytecode that engines run: reachable instructions only, maps as addresses, helper calls as indices into
/// <see cref="Helpers"/> (an instruction's immediate), branch and call displacements relative to this sequence.
/// </summary>
public sealed class LoweredProgram
{
    internal LoweredProgram(VerifiedProgram verified)
    {
        Verified = verified;
    }

    public VerifiedProgram Verified { get; }

    public ProgramSpec Spec => Verified.Linked.Spec;

    public required ImmutableArray<Instruction> Instructions { get; init; }

    /// <summary>By slot of <see cref="Instructions"/>: the slot of the spec that it stems from, for traps and dumps.</summary>
    public required ImmutableArray<int> OriginalSlots { get; init; }

    /// <summary>The first slot of each function; the first is the entry.</summary>
    public required ImmutableArray<SlotIndex> FunctionStarts { get; init; }

    public required ImmutableArray<HelperBinding> Helpers { get; init; }

    /// <summary>All maps that the code points into; each once.</summary>
    public required ImmutableArray<LoadedMap> Maps { get; init; }

    /// <summary>The slot of the spec behind a slot of this program.</summary>
    public SlotIndex Original(int slot) => new((uint)slot < (uint)OriginalSlots.Length ? OriginalSlots[slot] : 0);
}
