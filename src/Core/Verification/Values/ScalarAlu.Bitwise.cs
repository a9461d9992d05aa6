using System.Numerics;

namespace Skep.Verification.Values;

/// <summary>
/// Bitwise operations. The bits say most; the bounds add what carries over: <c>x &amp; y</c> is neither above <c>x</c> nor
/// <c>y</c>, <c>x | y</c> not below either, <c>x ^ y</c> at least their distance, and no result needs more bits than
/// the wider operand.
/// </summary>
internal static partial class ScalarAlu
{
    /// <summary>left &amp; right.</summary>
    private static void And(in Scalar left, in Scalar right, out Scalar result)
    {
        Scalar.Start(out result, left.Bits.And(right.Bits));
        result.UnsignedMax = Math.Min(left.UnsignedMax, right.UnsignedMax);
        result.UnsignedMax32 = Math.Min(left.UnsignedMax32, right.UnsignedMax32);
        MeetWidest(ref result, left, right);

        // With a non-negative operand it is not above that, and of two negatives not above either.
        result.SignedMax = Math.Min(result.SignedMax, Math.Max(left.SignedMax, right.SignedMax));
        result.SignedMax32 = Math.Min(result.SignedMax32, Math.Max(left.SignedMax32, right.SignedMax32));
        Sharp(ref result);
    }

    /// <summary>left | right.</summary>
    private static void Or(in Scalar left, in Scalar right, out Scalar result)
    {
        Scalar.Start(out result, left.Bits.Or(right.Bits));
        result.UnsignedMin = Math.Max(left.UnsignedMin, right.UnsignedMin);
        result.UnsignedMin32 = Math.Max(left.UnsignedMin32, right.UnsignedMin32);
        MeetWidest(ref result, left, right);
        MeetSumAbove(ref result, left, right);

        // With a negative operand it is not below that, and of two non-negatives not below either.
        result.SignedMin = Math.Max(result.SignedMin, Math.Min(left.SignedMin, right.SignedMin));
        result.SignedMin32 = Math.Max(result.SignedMin32, Math.Min(left.SignedMin32, right.SignedMin32));
        Sharp(ref result);
    }

    /// <summary>left ^ right.</summary>
    private static void ExclusiveOr(in Scalar left, in Scalar right, out Scalar result)
    {
        Scalar.Start(out result, left.Bits.ExclusiveOr(right.Bits));
        MeetWidest(ref result, left, right);
        MeetSumAbove(ref result, left, right);
        result.UnsignedMin = Distance(left.UnsignedMin, left.UnsignedMax, right.UnsignedMin, right.UnsignedMax);
        result.UnsignedMin32 = (uint)Distance(
            left.UnsignedMin32, left.UnsignedMax32, right.UnsignedMin32, right.UnsignedMax32);
        Sharp(ref result);
    }

    /// <summary>Operands that are sign-extensions of k bits have such a result.</summary>
    private static void MeetWidest(ref Scalar result, in Scalar left, in Scalar right)
    {
        long magnitude = Magnitude(left.SignedMin) | Magnitude(left.SignedMax)
            | Magnitude(right.SignedMin) | Magnitude(right.SignedMax);
        long max = magnitude == 0 ? 0 : long.MaxValue >> (BitOperations.LeadingZeroCount((ulong)magnitude) - 1);
        result.MeetSigned(~max, max);

        int magnitude32 = Magnitude(left.SignedMin32) | Magnitude(left.SignedMax32)
            | Magnitude(right.SignedMin32) | Magnitude(right.SignedMax32);
        int max32 = magnitude32 == 0 ? 0 : int.MaxValue >> (BitOperations.LeadingZeroCount((uint)magnitude32) - 1);
        result.MeetSigned32(~max32, max32);
    }

    /// <summary>Without carries, bits that are set in either are never more than the sum.</summary>
    private static void MeetSumAbove(ref Scalar result, in Scalar left, in Scalar right)
    {
        ulong sum = unchecked(left.UnsignedMax + right.UnsignedMax);
        result.UnsignedMax = sum >= left.UnsignedMax ? sum : ulong.MaxValue;
        uint sum32 = unchecked(left.UnsignedMax32 + right.UnsignedMax32);
        result.UnsignedMax32 = sum32 >= left.UnsignedMax32 ? sum32 : uint.MaxValue;
    }

    /// <summary>The bits of a number other than copies of its sign.</summary>
    private static long Magnitude(long number) => number ^ (number >> 63);

    private static int Magnitude(int number) => number ^ (number >> 31);

    /// <summary>How far apart the nearest members of two intervals are.</summary>
    private static ulong Distance(ulong leftMin, ulong leftMax, ulong rightMin, ulong rightMax) =>
        leftMin > rightMax ? leftMin - rightMax : rightMin > leftMax ? rightMin - leftMax : 0;
}
