using Skep.Findings;
using Skep.Isa;

namespace Skep.Verification.Structure;

/// <summary>Every slot is an instruction of the table, or the second half of one.</summary>
internal static class DecodeCheck
{
    /// <returns>Whether all of them are.</returns>
    internal static bool Run(StructureInput input, StructureReport report)
    {
        int count = 0;
        ReadOnlySpan<RawInstruction> code = input.Program.Spec.Instructions.AsSpan();
        for (int slot = 0; slot < input.Instructions.Length; slot++)
        {
            if (input.Instructions[slot].Operation != Operation.Invalid)
            {
                continue;
            }

            // Explaining costs more than decoding, and a full report has no use for it.
            count++;
            if (count > input.Limits.MaxFindings)
            {
                report.Count(VerificationRules.UnknownOpcode);
            }
            else if (InstructionDecoder.Explain(code, slot) is { } problem)
            {
                report.Add(RuleOf(problem.Kind), slot, $"{problem.Message}");
            }
        }

        return count == 0;
    }

    private static Rule RuleOf(DecodeProblemKind kind) => kind switch
    {
        DecodeProblemKind.UnknownOpcode => VerificationRules.UnknownOpcode,
        DecodeProblemKind.RegisterOutOfRange => VerificationRules.RegisterOutOfRange,
        DecodeProblemKind.ReservedField => VerificationRules.ReservedField,
        _ => VerificationRules.BadWideImmediate,
    };
}
