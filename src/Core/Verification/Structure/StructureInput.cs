using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Structure;

/// <summary>What every structural check looks at.</summary>
internal sealed record StructureInput(LinkedProgram Program, FunctionTable Functions, Limits Limits, VerificationPolicy Policy)
{
    internal ImmutableArray<Instruction> Instructions => Program.Instructions;

    /// <summary>Where function address loads point to, as far as the object says.</summary>
    internal FrozenDictionary<int, SlotIndex> AddressTargets { get; } = FunctionTable.AddressTargets(Program.Spec);

    /// <summary>What a slot names outside the program, for those that the linker left open.</summary>
    internal FrozenDictionary<int, Reference> References { get; } = Program.Spec.References
        .DistinctBy(reference => reference.Slot)
        .ToFrozenDictionary(reference => reference.Slot.Value);
}
