namespace Skep.Verification.Values;

/// <summary>
/// Sums and differences. On the circle of numbers the sum of two arcs is the arc between the sums of their ends, unless it
/// would go once around; each order and each width adds what its own bounds say.
/// </summary>
internal static partial class ScalarAlu
{
    /// <summary>left + right, modulo 2^64.</summary>
    public static Scalar Add64(in Scalar left, in Scalar right)
    {
        Add(left, right, out Scalar sum);
        return sum;
    }

    /// <summary>left - right, modulo 2^64.</summary>
    public static Scalar Subtract64(in Scalar left, in Scalar right)
    {
        Subtract(left, right, out Scalar difference);
        return difference;
    }

    private static void Add(in Scalar left, in Scalar right, out Scalar sum)
    {
        unchecked
        {
            Scalar.Start(out sum, left.Bits.Add(right.Bits));
            MeetSum(ref sum, left.UnsignedMin, left.UnsignedMax, right.UnsignedMin, right.UnsignedMax);
            MeetSum(ref sum, (ulong)left.SignedMin, (ulong)left.SignedMax, (ulong)right.SignedMin, (ulong)right.SignedMax);
            MeetSum32(ref sum, left.UnsignedMin32, left.UnsignedMax32, right.UnsignedMin32, right.UnsignedMax32);
            MeetSum32(ref sum, (uint)left.SignedMin32, (uint)left.SignedMax32, (uint)right.SignedMin32, (uint)right.SignedMax32);
            Sharp(ref sum);
        }
    }

    private static void Subtract(in Scalar left, in Scalar right, out Scalar difference)
    {
        unchecked
        {
            // The negative of an arc is the arc between the negatives of its ends, the other way around.
            Scalar.Start(out difference, left.Bits.Subtract(right.Bits));
            MeetSum(ref difference, left.UnsignedMin, left.UnsignedMax, 0 - right.UnsignedMax, 0 - right.UnsignedMin);
            MeetSum(ref difference, (ulong)left.SignedMin, (ulong)left.SignedMax, (ulong)-right.SignedMax, (ulong)-right.SignedMin);
            MeetSum32(ref difference, left.UnsignedMin32, left.UnsignedMax32, 0 - right.UnsignedMax32, 0 - right.UnsignedMin32);
            MeetSum32(
                ref difference,
                (uint)left.SignedMin32, (uint)left.SignedMax32,
                (uint)-right.SignedMax32, (uint)-right.SignedMin32);
            Sharp(ref difference);
        }
    }

    private static void Negate(in Scalar value, out Scalar result) => Subtract(Scalar.Constant(0), value, out result);

    private static void MeetSum(ref Scalar sum, ulong leftFrom, ulong leftTo, ulong rightFrom, ulong rightTo)
    {
        ulong span = unchecked(leftTo - leftFrom);
        ulong both = unchecked(span + (rightTo - rightFrom));
        if (both >= span)
        {
            sum.MeetArc(unchecked(leftFrom + rightFrom), unchecked(leftTo + rightTo));
        }
    }

    private static void MeetSum32(ref Scalar sum, uint leftFrom, uint leftTo, uint rightFrom, uint rightTo)
    {
        uint span = unchecked(leftTo - leftFrom);
        uint both = unchecked(span + (rightTo - rightFrom));
        if (both >= span)
        {
            sum.MeetArc32(unchecked(leftFrom + rightFrom), unchecked(leftTo + rightTo));
        }
    }
}
