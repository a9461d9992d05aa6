using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Verification.Values;

/// <summary>
/// Arithmetic on all members at once (RFC 9669, sections 4.1 and 4.2): the result has every value that the operation gives
/// for some pair of them, and as few others as is cheap to say.
/// </summary>
/// <remarks>
/// Each operation is written once, for 64 bits. At 32 bits the operands are extended, by zeros or by the sign as the operator
/// has it, and the low half of the 64-bit result is the answer, since no operator's low half depends on more than that.
/// </remarks>
internal static partial class ScalarAlu
{
    /// <summary>The destination after an arithmetic operation.</summary>
    /// <param name="row">Any row of shape AluImmediate, AluRegister, AluUnary or MoveSigned.</param>
    /// <param name="destination">Its value before, and after.</param>
    /// <param name="operand">The source or the sign-extended immediate; must not be <paramref name="destination"/> itself.</param>
    /// <exception cref="ArgumentException">The row has no <see cref="OpcodeRow.Alu"/>.</exception>
    public static void Apply(OpcodeRow row, ref Scalar destination, in Scalar operand)
    {
        switch (row.Alu)
        {
            case AluOperator.Move:
                destination = row.Is64Bit ? operand : Scalar.ZeroExtended(operand, 32);
                return;
            case AluOperator.MoveSigned:
                destination = Scalar.SignExtended(operand, row.OperandBits, row.Is64Bit);
                return;
            case AluOperator.Negate:
                destination = row.Is64Bit ? Negate64(destination) : Scalar.ZeroExtended(Negate64(destination), 32);
                return;
            case AluOperator.LittleEndian:
                destination = Scalar.ZeroExtended(destination, row.OperandBits);
                return;
            case AluOperator.BigEndian or AluOperator.SwapBytes:
                destination = ReverseBytes(destination, row.OperandBits);
                return;
        }

        bool areConstant = row.Is64Bit
            ? destination.IsConstant && operand.IsConstant
            : destination.IsConstant32 && operand.IsConstant32;
        if (areConstant)
        {
            destination = Scalar.Constant(
                ConstantEvaluator.Evaluate(row, destination.ConstantValue, operand.ConstantValue));
        }
        else if (row.Is64Bit)
        {
            destination = Combine(row, destination, operand, 63);
        }
        else if (row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo)
        {
            Scalar result = Combine(
                row, Scalar.SignExtended(destination, 32, true), Scalar.SignExtended(operand, 32, true), 31);
            destination = Scalar.ZeroExtended(result, 32);
        }
        else
        {
            Scalar left = row.Alu == AluOperator.ShiftRightArithmetic
                ? Scalar.SignExtended(destination, 32, true)
                : Scalar.ZeroExtended(destination, 32);
            destination = Scalar.ZeroExtended(Combine(row, left, Scalar.ZeroExtended(operand, 32), 31), 32);
        }
    }

    private static Scalar Combine(OpcodeRow row, in Scalar left, in Scalar right, uint countMask) => row.Alu switch
    {
        AluOperator.Add => Add64(left, right),
        AluOperator.Subtract => Subtract64(left, right),
        AluOperator.Multiply => Multiply64(left, right),
        AluOperator.Divide => Divide64(left, right),
        AluOperator.SignedDivide => SignedDivide64(left, right),
        AluOperator.Or => Or64(left, right),
        AluOperator.And => And64(left, right),
        AluOperator.ShiftLeft => ShiftLeft64(left, ShiftCount.Of(right, countMask)),
        AluOperator.ShiftRight => ShiftRight64(left, ShiftCount.Of(right, countMask)),
        AluOperator.Modulo => Modulo64(left, right),
        AluOperator.SignedModulo => SignedModulo64(left, right),
        AluOperator.ExclusiveOr => ExclusiveOr64(left, right),
        AluOperator.ShiftRightArithmetic => ShiftRightArithmetic64(left, ShiftCount.Of(right, countMask)),
        _ => throw new ArgumentException($"{row.Operation} has no {nameof(OpcodeRow.Alu)}.", nameof(row)),
    };

    private static Scalar ReverseBytes(in Scalar value, int bits) =>
        Sharp(new Scalar(Scalar.ZeroExtended(value, bits).Bits.ReverseBytes(bits)));

    /// <summary>Sharpened; if the operands had no members at all, anything will do.</summary>
    private static Scalar Sharp(Scalar result) => result.Sharpen() ? result : Scalar.Unknown;
}
