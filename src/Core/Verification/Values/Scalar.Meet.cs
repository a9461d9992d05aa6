using System.Runtime.CompilerServices;

namespace Skep.Verification.Values;

/// <summary>Adding one piece of knowledge to a view; <see cref="Sharpen"/> then tells the others.</summary>
internal partial struct Scalar
{
    /// <summary>
    /// On the circle of numbers the value is on the way from <paramref name="from"/> up to <paramref name="to"/>. An arc
    /// that passes 0 is an interval of the signed order, one that passes 2^63 of the unsigned, and one that passes both
    /// says nothing about bounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MeetArc(ulong from, ulong to)
    {
        if (from <= to)
        {
            MeetUnsigned(from, to);
        }

        if ((long)from <= (long)to)
        {
            MeetSigned((long)from, (long)to);
        }
    }

    /// <summary>As <see cref="MeetArc"/>, for the low half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MeetArc32(uint from, uint to)
    {
        if (from <= to)
        {
            MeetUnsigned32(from, to);
        }

        if ((int)from <= (int)to)
        {
            MeetSigned32((int)from, (int)to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MeetUnsigned(ulong min, ulong max)
    {
        UnsignedMin = Math.Max(UnsignedMin, min);
        UnsignedMax = Math.Min(UnsignedMax, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MeetSigned(long min, long max)
    {
        SignedMin = Math.Max(SignedMin, min);
        SignedMax = Math.Min(SignedMax, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MeetUnsigned32(uint min, uint max)
    {
        UnsignedMin32 = Math.Max(UnsignedMin32, min);
        UnsignedMax32 = Math.Min(UnsignedMax32, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MeetSigned32(int min, int max)
    {
        SignedMin32 = Math.Max(SignedMin32, min);
        SignedMax32 = Math.Min(SignedMax32, max);
    }

    /// <summary>Adds known bits; false when the known ones contradict them.</summary>
    internal bool MeetBits(Tnum bits)
    {
        bool possible = !Bits.IsDisjoint(bits);
        Bits = Bits.Intersect(bits);
        return possible;
    }

    /// <summary>Adds all that is known of another name of the same number; false when the bits contradict each other.</summary>
    internal bool Meet(in Scalar other)
    {
        MeetUnsigned(other.UnsignedMin, other.UnsignedMax);
        MeetSigned(other.SignedMin, other.SignedMax);
        MeetUnsigned32(other.UnsignedMin32, other.UnsignedMax32);
        MeetSigned32(other.SignedMin32, other.SignedMax32);
        return MeetBits(other.Bits);
    }

    /// <summary>As <see cref="Meet"/>, for a number that has the same low half.</summary>
    internal bool MeetLow(in Scalar other)
    {
        MeetUnsigned32(other.UnsignedMin32, other.UnsignedMax32);
        MeetSigned32(other.SignedMin32, other.SignedMax32);
        return MeetBits(Tnum.Unknown.WithLow32(other.Bits));
    }
}
