using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>Register operands that have one value on every run, as the verifier found, become immediates where they fit.</summary>
internal static class ProvedConstants
{
    public static void Run(Draft draft)
    {
        if (draft.Facts.Constants.Count == 0)
        {
            return;
        }

        foreach (ref Step step in draft.Steps)
        {
            if (!step.IsGone && Forms.TakesImmediate(step.Instruction.Row) && draft.Facts.Constants.TryGetValue(draft.OriginalOf(step), out ulong value)
                && Forms.TryWithImmediate(step.Instruction, value, out Instruction immediate))
            {
                step.Instruction = immediate;
            }
        }
    }
}
