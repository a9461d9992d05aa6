namespace Skep.Verification.Values;

/// <summary>Numbers that are the low bits of others.</summary>
internal partial struct Scalar
{
    private static readonly Scalar[] Loads =
        [Load(8, false), Load(16, false), Load(32, false), Unknown, Load(8, true), Load(16, true), Load(32, true), Unknown];

    /// <summary>What a load of unknown memory gives.</summary>
    /// <param name="bits">Of memory: 8, 16, 32 or 64.</param>
    /// <param name="signed">Sign-extended to 64 bits, else zero-extended.</param>
    public static Scalar OfLoad(int bits, bool signed) =>
        Loads[System.Numerics.BitOperations.Log2((uint)bits) - 3 + (signed ? 4 : 0)];

    /// <summary>The low <paramref name="bits"/> (8, 16, 32 or 64) with zeros above.</summary>
    public static Scalar ZeroExtended(in Scalar value, int bits)
    {
        Scalar extended = value;
        extended.ZeroExtend(bits);
        return extended;
    }

    /// <summary>The low <paramref name="bits"/> (8, 16 or 32) with copies of their highest bit above.</summary>
    /// <param name="to64">Extends to 64 bits; else to 32, with zeros above those.</param>
    public static Scalar SignExtended(in Scalar value, int bits, bool to64)
    {
        Scalar extended = value;
        extended.SignExtend(bits);
        if (!to64)
        {
            extended.ZeroExtend(32);
        }

        return extended;
    }

    /// <summary>As <see cref="ZeroExtended"/>, in place.</summary>
    internal void ZeroExtend(int bits)
    {
        if (UnsignedMax <= ulong.MaxValue >> (64 - bits))
        {
            return;
        }

        if (bits == 32)
        {
            // As sharp as before: the bounds of the whole are those of the low half.
            Bits = Bits.Low(32);
            UnsignedMin = UnsignedMin32;
            UnsignedMax = UnsignedMax32;
            SignedMin = UnsignedMin32;
            SignedMax = UnsignedMax32;
            return;
        }

        ScalarAlu.ShiftLeft(this, ShiftCount.Of(64 - bits), out Scalar shifted);
        ScalarAlu.ShiftRight(shifted, ShiftCount.Of(64 - bits), out this);
    }

    /// <summary>As <see cref="SignExtended"/> to 64 bits, in place.</summary>
    internal void SignExtend(int bits)
    {
        long max = long.MaxValue >> (64 - bits);
        if (SignedMin >= ~max && SignedMax <= max)
        {
            return;
        }

        if (bits == 32)
        {
            // As sharp as before: each side of the sign keeps its interval.
            Bits = new Tnum((ulong)(int)Bits.Value, (ulong)(int)Bits.Mask);
            UnsignedMin = (ulong)(int)UnsignedMin32;
            UnsignedMax = (ulong)(int)UnsignedMax32;
            SignedMin = SignedMin32;
            SignedMax = SignedMax32;
            return;
        }

        ScalarAlu.ShiftLeft(this, ShiftCount.Of(64 - bits), out Scalar shifted);
        ScalarAlu.ShiftRightArithmetic(shifted, ShiftCount.Of(64 - bits), out this);
    }

    private static Scalar Load(int bits, bool signed) => signed
        ? SignedRange(long.MinValue >> (64 - bits), long.MaxValue >> (64 - bits))
        : UnsignedRange(0, ulong.MaxValue >> (64 - bits));
}
