using System.Numerics;
using Skep.Execution.Semantics;

namespace Skep.Verification.Values;

/// <summary>
/// Quotients and remainders, with RFC 9669's answers where the divisor is 0: quotient 0 and remainder the dividend. Linux
/// knows nothing of the results.
/// </summary>
internal static partial class ScalarAlu
{
    /// <summary>left / right, unsigned; 0 where right is 0.</summary>
    public static Scalar Divide64(in Scalar left, in Scalar right)
    {
        if (right.IsConstant && BitOperations.IsPow2(right.ConstantValue))
        {
            return ShiftRight64(left, BitOperations.TrailingZeroCount(right.ConstantValue));
        }

        ulong min = right.UnsignedMin == 0 ? 0 : left.UnsignedMin / right.UnsignedMax;
        ulong max = right.UnsignedMax == 0 ? 0 : left.UnsignedMax / Math.Max(right.UnsignedMin, 1);
        return Scalar.UnsignedRange(min, max);
    }

    /// <summary>left % right, unsigned; left where right is 0.</summary>
    public static Scalar Modulo64(in Scalar left, in Scalar right)
    {
        if (left.UnsignedMax < right.UnsignedMin || right.UnsignedMax == 0)
        {
            return left;
        }

        if (right.IsConstant && BitOperations.IsPow2(right.ConstantValue))
        {
            return And64(left, Scalar.Constant(right.ConstantValue - 1));
        }

        Scalar remainder = SharesLowBits(left, right);
        remainder.UnsignedMax = right.UnsignedMin == 0
            ? left.UnsignedMax
            : Math.Min(left.UnsignedMax, right.UnsignedMax - 1);
        if (right.IsConstant && left.UnsignedMin / right.ConstantValue == left.UnsignedMax / right.ConstantValue)
        {
            remainder.MeetUnsigned(left.UnsignedMin % right.ConstantValue, left.UnsignedMax % right.ConstantValue);
        }

        return Sharp(remainder);
    }

    /// <summary>left / right, signed, towards zero; 0 where right is 0; the least number divided by -1 is itself.</summary>
    public static Scalar SignedDivide64(in Scalar left, in Scalar right)
    {
        if (left.SignedMin >= 0 && right.SignedMin >= 0)
        {
            return Divide64(left, right);
        }

        if (right.IsConstant && right.ConstantValue == ulong.MaxValue)
        {
            return Negate64(left);
        }

        bool canWrap = left.SignedMin == long.MinValue && right.Contains(ulong.MaxValue);
        return canWrap ? Scalar.Unknown : SignedQuotient(left, right);
    }

    /// <summary>left % right with the sign of left; left where right is 0.</summary>
    public static Scalar SignedModulo64(in Scalar left, in Scalar right)
    {
        if (left.SignedMin >= 0 && right.SignedMin >= 0)
        {
            return Modulo64(left, right);
        }

        if (right.UnsignedMax == 0)
        {
            return left;
        }

        Scalar remainder = SharesLowBits(left, right);
        remainder.SignedMin = Math.Min(left.SignedMin, 0);
        remainder.SignedMax = Math.Max(left.SignedMax, 0);
        if (right.SignedMin > 0 || right.SignedMax < 0)
        {
            // The magnitude of the remainder is below that of the divisor; -(least + 1) fits where -least does not.
            long below = right.SignedMin > 0 ? right.SignedMax - 1 : -(right.SignedMin + 1);
            long least = right.SignedMin > 0 ? right.SignedMin - 1 : -(right.SignedMax + 1);
            if (left.SignedMin >= -least && left.SignedMax <= least)
            {
                return left;
            }

            remainder.MeetSigned(-below, below);
        }

        return Sharp(remainder);
    }

    /// <summary>Where the least number is not divided by -1: the quotients of the ends, for each sign of the divisor.</summary>
    private static Scalar SignedQuotient(in Scalar left, in Scalar right)
    {
        long min = long.MaxValue;
        long max = long.MinValue;
        if (right.SignedMax >= 0)
        {
            long least = Math.Max(right.SignedMin, (long)Math.Min(right.UnsignedMin, long.MaxValue));
            if (least == 0)
            {
                min = max = 0;
                least = Math.Min(1, right.SignedMax);
            }

            Widen(ref min, ref max, left, least);
            Widen(ref min, ref max, left, right.SignedMax);
        }

        if (right.SignedMin < 0)
        {
            Widen(ref min, ref max, left, right.SignedMin);
            Widen(ref min, ref max, left, (long)Math.Max(right.UnsignedMax, 1UL << 63));
        }

        return Scalar.SignedRange(min, max);
    }

    private static void Widen(ref long min, ref long max, in Scalar left, long divisor)
    {
        long first = (long)Alu64.SignedDivide((ulong)left.SignedMin, (ulong)divisor);
        long last = (long)Alu64.SignedDivide((ulong)left.SignedMax, (ulong)divisor);
        min = Math.Min(min, Math.Min(first, last));
        max = Math.Max(max, Math.Max(first, last));
    }

    /// <summary>A multiple of the divisor away from left, so with the same bits below the lowest that the divisor may have.</summary>
    private static Scalar SharesLowBits(in Scalar left, in Scalar right)
    {
        ulong same = right.Bits.Possible == 0 ? ulong.MaxValue : (right.Bits.Possible & (0 - right.Bits.Possible)) - 1;
        return new Scalar(new Tnum(left.Bits.Value & same, left.Bits.Mask | ~same));
    }
}
