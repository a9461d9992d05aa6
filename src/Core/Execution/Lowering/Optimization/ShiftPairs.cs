using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>A shift left by 32 and back, which is how code for processors without 32-bit instructions extends a value, becomes one move.</summary>
internal static class ShiftPairs
{
    public static void Run(Draft draft)
    {
        Span<Step> steps = draft.Steps;
        bool[]? joins = null;
        for (int i = 0; i + 1 < steps.Length; i++)
        {
            Instruction first = steps[i].Instruction;
            int next = i + 1;
            if (steps[i].IsGone || first is not { Operation: Operation.ShiftLeft64Immediate, Immediate: 32 }
                || (next = draft.Skip(next)) == steps.Length || steps[next].CostsFuel
                || steps[next].Instruction is not { Operation: Operation.ShiftRight64Immediate or Operation.ShiftRightArithmetic64Immediate, Immediate: 32 } second
                || second.Destination != first.Destination || (joins ??= draft.Joins())[next])
            {
                continue;
            }

            Operation move = second.Operation == Operation.ShiftRight64Immediate ? Operation.Move32Register : Operation.MoveSigned32To64;
            steps[i].Instruction = new Instruction(move, first.Destination, first.Destination, 0, 0);
            draft.Remove(next);
        }
    }
}
