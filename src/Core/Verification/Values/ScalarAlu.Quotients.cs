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
    private static void Divide(in Scalar left, in Scalar right, out Scalar result)
    {
        if (right.IsConstant && BitOperations.IsPow2(right.ConstantValue))
        {
            ShiftRight(left, ShiftCount.Of(BitOperations.TrailingZeroCount(right.ConstantValue)), out result);
            return;
        }

        ulong min = right.UnsignedMin == 0 ? 0 : left.UnsignedMin / right.UnsignedMax;
        ulong max = right.UnsignedMax == 0 ? 0 : left.UnsignedMax / Math.Max(right.UnsignedMin, 1);
        Scalar.Start(out result, Tnum.Unknown);
        result.MeetUnsigned(min, max);
        Sharp(ref result);
    }

    /// <summary>left % right, unsigned; left where right is 0.</summary>
    private static void Modulo(in Scalar left, in Scalar right, out Scalar result)
    {
        if (left.UnsignedMax < right.UnsignedMin || right.UnsignedMax == 0)
        {
            result = left;
            return;
        }

        if (right.IsConstant && BitOperations.IsPow2(right.ConstantValue))
        {
            And(left, Scalar.Constant(right.ConstantValue - 1), out result);
            return;
        }

        Scalar.Start(out result, SharedLowBits(left, right));
        result.UnsignedMax = right.UnsignedMin == 0
            ? left.UnsignedMax
            : Math.Min(left.UnsignedMax, right.UnsignedMax - 1);
        if (right.IsConstant && left.UnsignedMin / right.ConstantValue == left.UnsignedMax / right.ConstantValue)
        {
            result.MeetUnsigned(left.UnsignedMin % right.ConstantValue, left.UnsignedMax % right.ConstantValue);
        }

        Sharp(ref result);
    }

    /// <summary>left / right, signed, towards zero; 0 where right is 0; the least number divided by -1 is itself.</summary>
    private static void SignedDivide(in Scalar left, in Scalar right, out Scalar result)
    {
        if (left.SignedMin >= 0 && right.SignedMin >= 0)
        {
            Divide(left, right, out result);
            return;
        }

        if (right.IsConstant && right.ConstantValue == ulong.MaxValue)
        {
            Negate(left, out result);
            return;
        }

        Scalar.Start(out result, Tnum.Unknown);
        if (left.SignedMin != long.MinValue || !right.Contains(ulong.MaxValue))
        {
            MeetSignedQuotient(ref result, left, right);
            Sharp(ref result);
        }
    }

    /// <summary>left % right with the sign of left; left where right is 0.</summary>
    private static void SignedModulo(in Scalar left, in Scalar right, out Scalar result)
    {
        if (left.SignedMin >= 0 && right.SignedMin >= 0)
        {
            Modulo(left, right, out result);
            return;
        }

        if (right.UnsignedMax == 0)
        {
            result = left;
            return;
        }

        Scalar.Start(out result, SharedLowBits(left, right));
        result.SignedMin = Math.Min(left.SignedMin, 0);
        result.SignedMax = Math.Max(left.SignedMax, 0);
        if (right.SignedMin > 0 || right.SignedMax < 0)
        {
            // The magnitude of the remainder is below that of the divisor; -(least + 1) fits where -least does not.
            long below = right.SignedMin > 0 ? right.SignedMax - 1 : -(right.SignedMin + 1);
            long least = right.SignedMin > 0 ? right.SignedMin - 1 : -(right.SignedMax + 1);
            if (left.SignedMin >= -least && left.SignedMax <= least)
            {
                result = left;
                return;
            }

            result.MeetSigned(-below, below);
        }

        Sharp(ref result);
    }

    /// <summary>Where the least number is not divided by -1: the quotients of the ends, for each sign of the divisor.</summary>
    private static void MeetSignedQuotient(ref Scalar result, in Scalar left, in Scalar right)
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

        result.MeetSigned(min, max);
    }

    private static void Widen(ref long min, ref long max, in Scalar left, long divisor)
    {
        long first = (long)Alu64.SignedDivide((ulong)left.SignedMin, (ulong)divisor);
        long last = (long)Alu64.SignedDivide((ulong)left.SignedMax, (ulong)divisor);
        min = Math.Min(min, Math.Min(first, last));
        max = Math.Max(max, Math.Max(first, last));
    }

    /// <summary>A multiple of the divisor away from left, so with the same bits below the lowest that the divisor may have.</summary>
    private static Tnum SharedLowBits(in Scalar left, in Scalar right)
    {
        ulong same = right.Bits.Possible == 0 ? ulong.MaxValue : (right.Bits.Possible & (0 - right.Bits.Possible)) - 1;
        return new Tnum(left.Bits.Value & same, left.Bits.Mask | ~same);
    }
}
