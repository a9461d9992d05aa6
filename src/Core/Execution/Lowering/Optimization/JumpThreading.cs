using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>Branches to jumps go where those go; jumps to the next step are gone, and jumps to an exit are exits.</summary>
internal static class JumpThreading
{
    // Of jumps that lead in a circle none is better than another.
    private const int MostHops = 16;

    public static void Run(Draft draft)
    {
        Span<Step> steps = draft.Steps;

        // From the end: what the jumps lead to has mostly been threaded before.
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            if (steps[i].IsGone || !steps[i].Instruction.Row.IsBranch)
            {
                continue;
            }

            steps[i].Target = Thread(draft, steps[i].Target);
            if (steps[i].Instruction.Row.Shape != InstructionShape.Jump)
            {
                continue;
            }

            ref Step target = ref steps[steps[i].Target];
            if (steps[i].Target == draft.Skip(i + 1))
            {
                if (!steps[i].CostsFuel)
                {
                    draft.Remove(i);
                }
            }
            else if (target.Instruction.Operation == Operation.Exit && !target.CostsFuel)
            {
                steps[i].Instruction = target.Instruction;
                steps[i].Target = -1;
            }
        }
    }

    private static int Thread(Draft draft, int target)
    {
        Span<Step> steps = draft.Steps;
        target = draft.Skip(target);
        for (int hops = 0; hops < MostHops && steps[target].Instruction.Row.Shape == InstructionShape.Jump && !steps[target].CostsFuel; hops++)
        {
            target = draft.Skip(steps[target].Target);
        }

        return target;
    }
}
