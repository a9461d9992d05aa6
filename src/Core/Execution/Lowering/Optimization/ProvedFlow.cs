using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>Branches that go only one way, as the verifier found: never taken they are gone, always taken they are jumps.</summary>
internal static class ProvedFlow
{
    public static void Run(Draft draft)
    {
        if (draft.Facts.Branches.IsDefaultOrEmpty)
        {
            return;
        }

        Span<Step> steps = draft.Steps;
        for (int i = 0; i < steps.Length; i++)
        {
            OpcodeRow row = steps[i].Instruction.Row;
            if (steps[i].IsGone || row.Shape is not (InstructionShape.JumpImmediate or InstructionShape.JumpRegister))
            {
                continue;
            }

            switch (draft.Facts.Branches[draft.OriginalOf(steps[i])])
            {
                case BranchOutcome.FallsThrough:
                    draft.Remove(i);
                    break;
                case BranchOutcome.Jumps:
                    steps[i].Instruction = new Instruction(Operation.Jump, 0, 0, 0, 0);
                    break;
            }
        }
    }
}
