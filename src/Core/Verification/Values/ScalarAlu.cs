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
                destination = operand;
                Truncate(row, ref destination);
                return;
            case AluOperator.MoveSigned:
                destination = operand;
                destination.SignExtend(row.OperandBits);
                Truncate(row, ref destination);
                return;
            case AluOperator.LittleEndian:
                destination.ZeroExtend(row.OperandBits);
                return;
            case AluOperator.BigEndian or AluOperator.SwapBytes:
                destination.ZeroExtend(row.OperandBits);
                Scalar.Start(out destination, destination.Bits.ReverseBytes(row.OperandBits));
                Sharp(ref destination);
                return;
            case AluOperator.Negate:
                Scalar value = destination;
                Negate(value, out destination);
                Truncate(row, ref destination);
                return;
            default:
                Combine(row, ref destination, operand);
                return;
        }
    }

    private static void Combine(OpcodeRow row, ref Scalar destination, in Scalar operand)
    {
        bool areConstant = row.Is64Bit
            ? destination.IsConstant && operand.IsConstant
            : destination.IsConstant32 && operand.IsConstant32;
        if (areConstant)
        {
            destination.Become(ConstantEvaluator.Evaluate(row, destination.ConstantValue, operand.ConstantValue));
            return;
        }

        Scalar left = destination;
        if (row.Is64Bit)
        {
            Combine(row, left, operand, 63, out destination);
            return;
        }

        Scalar right = operand;
        if (row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo)
        {
            left.SignExtend(32);
            right.SignExtend(32);
        }
        else if (row.Alu == AluOperator.ShiftRightArithmetic)
        {
            left.SignExtend(32);
        }
        else
        {
            left.ZeroExtend(32);
            right.ZeroExtend(32);
        }

        Combine(row, left, right, 31, out destination);
        destination.ZeroExtend(32);
    }

    private static void Combine(OpcodeRow row, in Scalar left, in Scalar right, uint countMask, out Scalar result)
    {
        switch (row.Alu)
        {
            case AluOperator.Add:
                Add(left, right, out result);
                return;
            case AluOperator.Subtract:
                Subtract(left, right, out result);
                return;
            case AluOperator.Multiply:
                Multiply(left, right, out result);
                return;
            case AluOperator.Divide:
                Divide(left, right, out result);
                return;
            case AluOperator.SignedDivide:
                SignedDivide(left, right, out result);
                return;
            case AluOperator.Or:
                Or(left, right, out result);
                return;
            case AluOperator.And:
                And(left, right, out result);
                return;
            case AluOperator.ShiftLeft:
                ShiftLeft(left, ShiftCount.Of(right, countMask), out result);
                return;
            case AluOperator.ShiftRight:
                ShiftRight(left, ShiftCount.Of(right, countMask), out result);
                return;
            case AluOperator.Modulo:
                Modulo(left, right, out result);
                return;
            case AluOperator.SignedModulo:
                SignedModulo(left, right, out result);
                return;
            case AluOperator.ExclusiveOr:
                ExclusiveOr(left, right, out result);
                return;
            case AluOperator.ShiftRightArithmetic:
                ShiftRightArithmetic(left, ShiftCount.Of(right, countMask), out result);
                return;
            default:
                throw new ArgumentException($"{row.Operation} has no {nameof(OpcodeRow.Alu)}.", nameof(row));
        }
    }

    private static void Truncate(OpcodeRow row, ref Scalar destination)
    {
        if (!row.Is64Bit)
        {
            destination.ZeroExtend(32);
        }
    }

    /// <summary>Sharpened; if the operands had no members at all, anything will do.</summary>
    private static void Sharp(ref Scalar result)
    {
        if (!result.Sharpen())
        {
            result = Scalar.Unknown;
        }
    }
}
