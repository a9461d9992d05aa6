using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Cil.Code;

/// <summary>One function of the program with what is inlined into it, as steps.</summary>
internal sealed class MethodCode(LoweredProgram program, LoweredFunction function)
{
    public LoweredProgram Program => program;

    public LoweredFunction Function => function;

    public List<Step> Steps { get; } = [];

    /// <summary>The functions whose frames the method opens: its own first, then one for each inlined call.</summary>
    public List<LoweredFunction> Frames { get; } = [];

    /// <summary>By frame: whether it holds a <c>may_goto</c>, and so a budget.</summary>
    public List<bool> HasBudget { get; } = [];

    /// <summary>Variables that are no registers, numbered after those of all frames.</summary>
    public int SlotVariables { get; set; }

    public int Variables => (Frames.Count * Registers.Count) + SlotVariables;

    public static int Variable(int frame, int register) => (frame * Registers.Count) + register;

    public int NewSlotVariable() => (Frames.Count * Registers.Count) + SlotVariables++;

    /// <summary>The frame whose R10 a variable is, or -1.</summary>
    public int FrameOf(int variable)
        => variable < Frames.Count * Registers.Count && variable % Registers.Count == (int)Registers.FramePointer ? variable / Registers.Count : -1;
}
