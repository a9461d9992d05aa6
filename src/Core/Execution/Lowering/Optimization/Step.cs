using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>An instruction of a <see cref="Draft"/>; a 64-bit immediate is one step.</summary>
internal struct Step
{
    public Instruction Instruction;

    /// <summary>The step that a branch, a local call or a function's address leads to; -1 for others. Where that step is gone, the next one that is not.</summary>
    public int Target;

    /// <summary>The slot that it stems from, in the program that the draft was made of.</summary>
    public int Slot;

    /// <summary>Control pays a unit of fuel when it arrives.</summary>
    public bool CostsFuel;

    /// <summary>Control runs on to the next step.</summary>
    public bool IsGone;
}
