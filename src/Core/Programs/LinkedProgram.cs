using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Isa;
using Skep.Runtime;

namespace Skep.Programs;

/// <summary>
/// A program whose references are bound to what one runtime has registered: its type, its maps, its helpers. Nothing is proved yet.
/// </summary>
public sealed class LinkedProgram
{
    internal LinkedProgram(ProgramSpec spec, IProgramType programType, ImmutableArray<Instruction> instructions)
    {
        Spec = spec;
        ProgramType = programType;
        Instructions = instructions;
    }

    public ProgramSpec Spec { get; }

    public IProgramType ProgramType { get; }

    /// <summary>Decoded, in the slots of the spec.</summary>
    public ImmutableArray<Instruction> Instructions { get; }

    /// <summary>The helper that the call at a slot names; a call that is missing here names none that this runtime has.</summary>
    public required FrozenDictionary<int, HelperBinding> Helpers { get; init; }

    /// <summary>The map that the 64-bit load at a slot names.</summary>
    public required FrozenDictionary<int, MapBinding> Maps { get; init; }
}

/// <summary>A map that a load names.</summary>
/// <param name="ValueOffset">Null for the map itself; otherwise the address is this many bytes into its first value.</param>
public sealed record MapBinding(LoadedMap Map, uint? ValueOffset);
