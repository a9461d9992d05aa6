using Skep.Isa;

namespace Skep.Verification.Structure;

/// <summary>Constants that make an operation pointless: the kernel takes them for mistakes (check_alu_op in kernel/bpf/verifier.c).</summary>
internal static class ConstantOperandCheck
{
    internal static void Run(StructureInput input, StructureReport report)
    {
        if (input.Policy.AllowPointlessConstants)
        {
            return;
        }

        for (int slot = 0; slot < input.Instructions.Length; slot++)
        {
            Instruction instruction = input.Instructions[slot];
            OpcodeRow row = instruction.Row;
            if (row.Shape != InstructionShape.AluImmediate)
            {
                continue;
            }

            if (IsDivision(row.Alu) && instruction.Immediate == 0)
            {
                report.Add(VerificationRules.DivisionByConstantZero, slot, $"the divisor is 0, expected any other constant");
            }
            else if (IsShift(row.Alu) && (instruction.Immediate < 0 || instruction.Immediate >= row.OperandBits))
            {
                report.Add(VerificationRules.ShiftOutOfWidth, slot, $"the shift is by {instruction.Immediate} bits, expected 0 to {row.OperandBits - 1}");
            }
        }
    }

    private static bool IsDivision(AluOperator alu) =>
        alu is AluOperator.Divide or AluOperator.SignedDivide or AluOperator.Modulo or AluOperator.SignedModulo;

    private static bool IsShift(AluOperator alu) =>
        alu is AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic;
}
