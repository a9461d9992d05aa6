namespace Skep.Verification.Values;

/// <summary>Products. The extremes are among the products of the ends; between them they are an arc if it is short enough.</summary>
internal static partial class ScalarAlu
{
    /// <summary>left * right, modulo 2^64.</summary>
    private static void Multiply(in Scalar left, in Scalar right, out Scalar result)
    {
        Scalar.Start(out result, left.Bits.Multiply(right.Bits));
        if ((left.UnsignedMax | right.UnsignedMax) <= uint.MaxValue)
        {
            result.MeetUnsigned(left.UnsignedMin * right.UnsignedMin, left.UnsignedMax * right.UnsignedMax);
        }
        else
        {
            MeetUnsignedProduct(ref result, left, right);
        }

        if (left.SignedMin < 0 || right.SignedMin < 0)
        {
            MeetSignedProduct(ref result, left, right);
        }

        MeetProduct32(ref result, left, right);
        Sharp(ref result);
    }

    private static void MeetUnsignedProduct(ref Scalar result, in Scalar left, in Scalar right)
    {
        UInt128 min = Product(left.UnsignedMin, right.UnsignedMin);
        UInt128 max = Product(left.UnsignedMax, right.UnsignedMax);
        if (max - min <= ulong.MaxValue)
        {
            result.MeetArc((ulong)min, (ulong)max);
        }
    }

    private static void MeetSignedProduct(ref Scalar result, in Scalar left, in Scalar right)
    {
        long magnitude = Magnitude(left.SignedMin) | Magnitude(left.SignedMax)
            | Magnitude(right.SignedMin) | Magnitude(right.SignedMax);
        if (magnitude <= int.MaxValue)
        {
            (long least, long most) = Extremes(
                (int)left.SignedMin, (int)left.SignedMax, (int)right.SignedMin, (int)right.SignedMax);
            result.MeetSigned(least, most);
            return;
        }

        Int128 a = Product(left.SignedMin, right.SignedMin);
        Int128 b = Product(left.SignedMin, right.SignedMax);
        Int128 c = Product(left.SignedMax, right.SignedMin);
        Int128 d = Product(left.SignedMax, right.SignedMax);
        Int128 min = Int128.Min(Int128.Min(a, b), Int128.Min(c, d));
        Int128 max = Int128.Max(Int128.Max(a, b), Int128.Max(c, d));
        if (max - min <= (Int128)ulong.MaxValue)
        {
            result.MeetArc((ulong)min, (ulong)max);
        }
    }

    private static void MeetProduct32(ref Scalar result, in Scalar left, in Scalar right)
    {
        ulong low = (ulong)left.UnsignedMin32 * right.UnsignedMin32;
        ulong high = (ulong)left.UnsignedMax32 * right.UnsignedMax32;
        if (high - low <= uint.MaxValue)
        {
            result.MeetArc32((uint)low, (uint)high);
        }

        if (left.SignedMin32 < 0 || right.SignedMin32 < 0)
        {
            (long least, long most) = Extremes(left.SignedMin32, left.SignedMax32, right.SignedMin32, right.SignedMax32);
            if (most - least <= uint.MaxValue)
            {
                result.MeetArc32((uint)least, (uint)most);
            }
        }
    }

    private static (long Min, long Max) Extremes(int leftMin, int leftMax, int rightMin, int rightMax)
    {
        long a = (long)leftMin * rightMin;
        long b = (long)leftMin * rightMax;
        long c = (long)leftMax * rightMin;
        long d = (long)leftMax * rightMax;
        return (Math.Min(Math.Min(a, b), Math.Min(c, d)), Math.Max(Math.Max(a, b), Math.Max(c, d)));
    }

    private static UInt128 Product(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return new UInt128(high, low);
    }

    private static Int128 Product(long left, long right)
    {
        long high = Math.BigMul(left, right, out long low);
        return new Int128((ulong)high, (ulong)low);
    }
}
