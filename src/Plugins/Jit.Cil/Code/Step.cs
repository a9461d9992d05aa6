using Skep.Isa;

namespace Skep.Jit.Cil.Code;

/// <summary>
/// An instruction of a method that is being compiled. Where an <see cref="Instruction"/> names one of eleven registers, a step names a
/// <em>variable</em>: each inlined call has registers of its own, and stack slots that live in registers are variables too.
/// </summary>
/// <param name="Operation">
/// As in the instruction set; <see cref="Isa.Operation.Invalid"/> is <see cref="Pseudo"/>.
/// </param>
/// <param name="Destination">A variable.</param>
/// <param name="Source">A variable.</param>
/// <param name="Target">The step that a branch goes to; -1 where there is none.</param>
/// <param name="Slot">Of the lowered program.</param>
internal readonly record struct Step(Operation Operation, int Destination, int Source, int Offset, long Immediate, int Target, int Slot)
{
    public Pseudo Pseudo => Operation == Operation.Invalid ? (Pseudo)Immediate : Pseudo.None;

    public OpcodeRow Row => OpcodeTable.Row(Operation);

    /// <summary>Control never goes on to the next step.</summary>
    public bool EndsFlow => Operation is Operation.Jump or Operation.JumpLong or Operation.Exit;

    public bool IsBranch => Target >= 0;

    public static Step Move(int destination, int source, int slot) => new(Operation.Move64Register, destination, source, 0, 0, -1, slot);

    public static Step Of(Pseudo pseudo, int frame, int slot) => new(Operation.Invalid, frame, 0, 0, (long)pseudo, -1, slot);
}

/// <summary>What steps say that no instruction says.</summary>
internal enum Pseudo : byte
{
    None,

    /// <summary>A frame opens; <see cref="Step.Destination"/> is its number.</summary>
    OpenFrame,

    /// <summary>A unit of fuel is paid.</summary>
    PayFuel,
}
