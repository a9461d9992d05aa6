using System.Numerics;
using System.Runtime.CompilerServices;
using Skep.Isa;

namespace Skep.Verification.Values;

/// <summary>
/// Shifts. Shifting by a known count distributes over union of bits, so a count with unknown bits is a barrel shifter: for
/// each of its bits shift, or do not, or unite both; that is the least set of bits for all counts.
/// </summary>
internal static partial class ScalarAlu
{
    /// <summary>value &lt;&lt; count.</summary>
    internal static void ShiftLeft(in Scalar value, ShiftCount count, out Scalar result)
    {
        if (count.Max == 0)
        {
            result = value;
            return;
        }

        Scalar.Start(out result, Shift(AluOperator.ShiftLeft, value.Bits, count));
        if (count.Min == count.Max)
        {
            MeetShifted(ref result, value, count.Max);
        }
        else
        {
            MeetShifted(ref result, value, count.Min, count.Max);
        }

        Sharp(ref result);
    }

    /// <summary>value >> count, with zeros from above.</summary>
    internal static void ShiftRight(in Scalar value, ShiftCount count, out Scalar result)
    {
        if (count.Max == 0)
        {
            result = value;
            return;
        }

        Scalar.Start(out result, Shift(AluOperator.ShiftRight, value.Bits, count));
        result.MeetUnsigned(value.UnsignedMin >> count.Max, value.UnsignedMax >> count.Min);
        if (count.Min == 32 && count.Max == 32)
        {
            // The upper half becomes the lower one, sign and all.
            result.MeetSigned32((int)(value.SignedMin >> 32), (int)(value.SignedMax >> 32));
        }

        Sharp(ref result);
    }

    /// <summary>value >> count, with copies of the sign from above.</summary>
    internal static void ShiftRightArithmetic(in Scalar value, ShiftCount count, out Scalar result)
    {
        if (count.Max == 0)
        {
            result = value;
            return;
        }

        // On both sides of the sign more shifting moves a number towards 0 or -1.
        Scalar.Start(out result, Shift(AluOperator.ShiftRightArithmetic, value.Bits, count));
        result.MeetSigned(
            value.SignedMin >> (value.SignedMin < 0 ? count.Min : count.Max),
            value.SignedMax >> (value.SignedMax < 0 ? count.Max : count.Min));
        result.MeetUnsigned(
            (ulong)((long)value.UnsignedMin >> ((long)value.UnsignedMin < 0 ? count.Min : count.Max)),
            (ulong)((long)value.UnsignedMax >> ((long)value.UnsignedMax < 0 ? count.Max : count.Min)));
        Sharp(ref result);
    }

    private static Tnum Shift(AluOperator direction, Tnum bits, ShiftCount count)
    {
        if (count.Min == count.Max)
        {
            return Shift(direction, bits, count.Max);
        }

        for (int step = 1; step < 64; step <<= 1)
        {
            if ((count.Bits.Possible & (uint)step) != 0)
            {
                Tnum shifted = Shift(direction, bits, step);
                bits = (count.Bits.Value & (uint)step) != 0 ? shifted : bits.Union(shifted);
            }
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tnum Shift(AluOperator direction, Tnum bits, int count) => direction switch
    {
        AluOperator.ShiftLeft => bits.ShiftLeft(count),
        AluOperator.ShiftRight => bits.ShiftRight(count),
        _ => bits.ShiftRightArithmetic(count, 64),
    };

    /// <summary>By a known count: an arc stays an arc, of what is not shifted out.</summary>
    private static void MeetShifted(ref Scalar result, in Scalar value, int count)
    {
        ulong longest = ulong.MaxValue >> count;
        if (value.UnsignedMax - value.UnsignedMin <= longest)
        {
            result.MeetArc(value.UnsignedMin << count, value.UnsignedMax << count);
        }

        if (unchecked((ulong)(value.SignedMax - value.SignedMin)) <= longest)
        {
            result.MeetArc((ulong)value.SignedMin << count, (ulong)value.SignedMax << count);
        }

        uint span32 = value.UnsignedMax32 - value.UnsignedMin32;
        uint signedSpan32 = unchecked((uint)(value.SignedMax32 - value.SignedMin32));
        if (count >= 32)
        {
            // Only the low half is left.
            if (span32 <= longest)
            {
                result.MeetArc((ulong)value.UnsignedMin32 << count, (ulong)value.UnsignedMax32 << count);
            }

            if (signedSpan32 <= longest)
            {
                result.MeetArc((ulong)value.SignedMin32 << count, (ulong)value.SignedMax32 << count);
            }

            return;
        }

        uint longest32 = uint.MaxValue >> count;
        if (span32 <= longest32)
        {
            result.MeetArc32(value.UnsignedMin32 << count, value.UnsignedMax32 << count);
        }

        if (signedSpan32 <= longest32)
        {
            result.MeetArc32((uint)value.SignedMin32 << count, (uint)value.SignedMax32 << count);
        }
    }

    /// <summary>By one of several counts: where nothing is shifted out of the greatest, the ends stay ends.</summary>
    private static void MeetShifted(ref Scalar result, in Scalar value, int minCount, int maxCount)
    {
        if (BitOperations.LeadingZeroCount(value.UnsignedMax) >= maxCount)
        {
            result.MeetUnsigned(value.UnsignedMin << minCount, value.UnsignedMax << maxCount);
        }

        ulong widest = (ulong)(Magnitude(value.SignedMin) | Magnitude(value.SignedMax));
        if (BitOperations.LeadingZeroCount(widest) > maxCount)
        {
            result.MeetSigned(
                value.SignedMin << (value.SignedMin < 0 ? maxCount : minCount),
                value.SignedMax << (value.SignedMax < 0 ? minCount : maxCount));
        }

        if (maxCount < 32 && BitOperations.LeadingZeroCount(value.UnsignedMax32) >= maxCount)
        {
            result.MeetUnsigned32(value.UnsignedMin32 << minCount, value.UnsignedMax32 << maxCount);
        }
    }
}
