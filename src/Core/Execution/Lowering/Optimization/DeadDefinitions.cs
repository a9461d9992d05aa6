using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>
/// Takes out what only writes registers that nothing reads, loads too (they are proved to fault nowhere), and extensions of values whose upper half nothing
/// reads.
/// </summary>
internal static class DeadDefinitions
{
    /// <returns>Whether copies came up that can be propagated.</returns>
    public static bool Run(Draft draft)
    {
        if (Liveness.Of(draft) is not { } liveness)
        {
            return false;
        }

        bool hasCopies = false;
        Span<Step> steps = draft.Steps;
        for (int i = 0; i < steps.Length; i++)
        {
            Instruction instruction = steps[i].Instruction;
            if (steps[i].IsGone || !Demand.IsPure(instruction.Row))
            {
                continue;
            }

            if (!liveness.After[i].HasAny(instruction.Destination))
            {
                draft.Remove(i);
            }
            else if (instruction.Operation == Operation.Move32Register && !liveness.After[i].HasUpper(instruction.Destination))
            {
                if (instruction.Destination == instruction.Source)
                {
                    draft.Remove(i);
                }
                else
                {
                    steps[i].Instruction = Forms.Copy(instruction.Destination, instruction.Source);
                    hasCopies = true;
                }
            }
        }

        return hasCopies;
    }
}
