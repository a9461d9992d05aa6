using System.Runtime.CompilerServices;

namespace Skep.Verification.Values;

/// <summary>What one view says about the others. The kernel's counterpart is <c>reg_bounds_sync</c>.</summary>
internal partial struct Scalar
{
    /// <summary>Views that take longer to settle stay as they are then, which is sound; none is known that does.</summary>
    private const int MostRounds = 8;

    /// <summary>
    /// Narrows each view by what the others say until nothing moves. False when no number is in all of them; the bounds
    /// mean nothing then.
    /// </summary>
    public bool Sharpen()
    {
        MeetArcsOfWhole();
        for (int round = 0; round < MostRounds && !Bits.IsConstant; round++)
        {
            if (!SharpenLowHalf() || !SharpenWhole(out bool moved) || !SharpenBits())
            {
                return false;
            }

            // Bounds in a range have the bits that the range shares, so that new bits move no bound.
            if (!moved || !MeetArcsOfWhole())
            {
                break;
            }
        }

        return !Bits.IsConstant || BecomeConstant();
    }

    private bool BecomeConstant()
    {
        bool possible = Contains(Bits.Value);
        Become(Bits.Value);
        return possible;
    }

    /// <summary>The low half's bounds, from the whole number where that is within a span of 2^32; whether they moved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MeetArcsOfWhole()
    {
        (uint unsignedMin, uint unsignedMax) = (UnsignedMin32, UnsignedMax32);
        (int signedMin, int signedMax) = (SignedMin32, SignedMax32);
        if (unchecked(UnsignedMax - UnsignedMin) <= uint.MaxValue)
        {
            MeetArc32((uint)UnsignedMin, (uint)UnsignedMax);
        }

        if (unchecked((ulong)(SignedMax - SignedMin)) <= uint.MaxValue)
        {
            MeetArc32((uint)SignedMin, (uint)SignedMax);
            if (HasBothSigns && SignedMin >= int.MinValue && SignedMax <= int.MaxValue
                && (int)UnsignedMin == (long)UnsignedMin && (int)UnsignedMax == (long)UnsignedMax)
            {
                // A number of 32 bits with its sign: its low half has the same two intervals.
                MeetUnsigned32((uint)UnsignedMin, (uint)UnsignedMax);
            }
        }

        return unsignedMin != UnsignedMin32 || unsignedMax != UnsignedMax32 || signedMin != SignedMin32 || signedMax != SignedMax32;
    }

    /// <summary>The low half from its bits, on either side of its sign by itself.</summary>
    private bool SharpenLowHalf()
    {
        Tnum low = Bits.Low(32);
        ulong lower = Math.Max(UnsignedMin32, (uint)Math.Max(SignedMin32, 0));
        ulong lowerEnd = Math.Min(UnsignedMax32, (uint)SignedMax32);
        ulong upper = Math.Max(UnsignedMin32, (uint)SignedMin32);
        ulong upperEnd = SignedMax32 < 0 ? Math.Min(UnsignedMax32, (uint)SignedMax32) : UnsignedMax32;
        bool hasLower = SignedMax32 >= 0 && lower <= lowerEnd && low.Narrow(ref lower, ref lowerEnd);
        bool hasUpper = SignedMin32 < 0 && upper <= upperEnd && low.Narrow(ref upper, ref upperEnd);

        UnsignedMin32 = (uint)(hasLower ? lower : upper);
        UnsignedMax32 = (uint)(hasUpper ? upperEnd : lowerEnd);
        SignedMin32 = (int)(hasUpper ? upper : lower);
        SignedMax32 = (int)(hasLower ? lowerEnd : upperEnd);
        return hasLower || hasUpper;
    }

    /// <summary>The whole number, from its bits and its low half, on either side of the sign by itself.</summary>
    private bool SharpenWhole(out bool moved)
    {
        ulong lower = Math.Max(UnsignedMin, (ulong)Math.Max(SignedMin, 0));
        ulong lowerEnd = Math.Min(UnsignedMax, (ulong)SignedMax);
        ulong upper = Math.Max(UnsignedMin, (ulong)SignedMin);
        ulong upperEnd = SignedMax < 0 ? Math.Min(UnsignedMax, (ulong)SignedMax) : UnsignedMax;
        bool hasLower = SignedMax >= 0 && lower <= lowerEnd && NarrowSide(ref lower, ref lowerEnd);
        bool hasUpper = SignedMin < 0 && upper <= upperEnd && NarrowSide(ref upper, ref upperEnd);

        ulong unsignedMin = hasLower ? lower : upper;
        ulong unsignedMax = hasUpper ? upperEnd : lowerEnd;
        long signedMin = (long)(hasUpper ? upper : lower);
        long signedMax = (long)(hasLower ? lowerEnd : upperEnd);
        moved = unsignedMin != UnsignedMin || unsignedMax != UnsignedMax || signedMin != SignedMin || signedMax != SignedMax;
        UnsignedMin = unsignedMin;
        UnsignedMax = unsignedMax;
        SignedMin = signedMin;
        SignedMax = signedMax;
        return hasLower || hasUpper;
    }

    /// <summary>The bits that all numbers between the bounds share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool SharpenBits() =>
        MeetBits(Tnum.Range(UnsignedMin, UnsignedMax))
        && MeetBits(Tnum.Unknown.WithLow32(Tnum.Range(UnsignedMin32, UnsignedMax32)));

    /// <summary>Narrows an interval until the bits and the low half allow its ends; false when nothing is left of it.</summary>
    private readonly bool NarrowSide(ref ulong min, ref ulong max)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            if (!Bits.Narrow(ref min, ref max))
            {
                return false;
            }

            if (ContainsLow((uint)min) && ContainsLow((uint)max))
            {
                return true;
            }

            if (!RaiseToLow(ref min) || !LowerToLow(ref max) || min > max)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>To the least number from there on whose low half is allowed.</summary>
    private readonly bool RaiseToLow(ref ulong value)
    {
        uint low = (uint)value;
        if (ContainsLow(low))
        {
            return true;
        }

        if (low < UnsignedMin32)
        {
            value += UnsignedMin32 - low;
            return true;
        }

        if (low < UnsignedMax32 && low < (uint)SignedMin32)
        {
            value += (uint)SignedMin32 - low;
            return true;
        }

        ulong next = unchecked((value | uint.MaxValue) + 1);
        value = next | UnsignedMin32;
        return next != 0;
    }

    /// <summary>To the greatest number up to there whose low half is allowed.</summary>
    private readonly bool LowerToLow(ref ulong value)
    {
        uint low = (uint)value;
        if (ContainsLow(low))
        {
            return true;
        }

        if (low > UnsignedMax32)
        {
            value -= low - UnsignedMax32;
            return true;
        }

        if (low > UnsignedMin32 && low > (uint)SignedMax32)
        {
            value -= low - (uint)SignedMax32;
            return true;
        }

        ulong upper = value & ~(ulong)uint.MaxValue;
        value = unchecked(upper - 1) & ~(ulong)uint.MaxValue | UnsignedMax32;
        return upper != 0;
    }
}
