using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Structure;

/// <summary>A program has at least one slot, and no more than the limit: everything else takes time in proportion.</summary>
internal static class SizeCheck
{
    internal static bool Run(LinkedProgram program, Limits limits, StructureReport report)
    {
        int count = program.Instructions.Length;
        if (count == 0)
        {
            report.Add(VerificationRules.EmptyProgram, null, $"the program has 0 instruction slots, expected 1 to {limits.MaxInstructions}");
        }
        else if (count > limits.MaxInstructions)
        {
            report.Add(VerificationRules.TooManyInstructions, null, $"the program has {count} instruction slots, expected at most {limits.MaxInstructions} (Limits.MaxInstructions)");
        }

        return count > 0 && count <= limits.MaxInstructions;
    }
}
