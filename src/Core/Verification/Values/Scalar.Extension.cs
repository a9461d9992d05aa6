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
        if (value.UnsignedMax <= ulong.MaxValue >> (64 - bits))
        {
            return value;
        }

        return bits == 32
            ? ZeroExtended32(value)
            : ScalarAlu.ShiftRight64(ScalarAlu.ShiftLeft64(value, 64 - bits), 64 - bits);
    }

    /// <summary>The low <paramref name="bits"/> (8, 16 or 32) with copies of their highest bit above.</summary>
    /// <param name="to64">Extends to 64 bits; else to 32, with zeros above those.</param>
    public static Scalar SignExtended(in Scalar value, int bits, bool to64)
    {
        Scalar extended = SignExtendedTo64(value, bits);
        return to64 ? extended : ZeroExtended(extended, 32);
    }

    private static Scalar SignExtendedTo64(in Scalar value, int bits)
    {
        long max = long.MaxValue >> (64 - bits);
        if (value.SignedMin >= ~max && value.SignedMax <= max)
        {
            return value;
        }

        return bits == 32
            ? SignExtended32(value)
            : ScalarAlu.ShiftRightArithmetic64(ScalarAlu.ShiftLeft64(value, 64 - bits), 64 - bits);
    }

    /// <summary>As sharp as <paramref name="value"/> is: the bounds of the whole are those of the low half.</summary>
    private static Scalar ZeroExtended32(in Scalar value)
    {
        Scalar extended = value;
        extended.Bits = value.Bits.Low(32);
        extended.UnsignedMin = value.UnsignedMin32;
        extended.UnsignedMax = value.UnsignedMax32;
        extended.SignedMin = value.UnsignedMin32;
        extended.SignedMax = value.UnsignedMax32;
        return extended;
    }

    /// <summary>As sharp as <paramref name="value"/> is: each side of the sign keeps its interval.</summary>
    private static Scalar SignExtended32(in Scalar value)
    {
        Scalar extended = value;
        extended.Bits = new Tnum((ulong)(int)value.Bits.Value, (ulong)(int)value.Bits.Mask);
        extended.UnsignedMin = (ulong)(int)value.UnsignedMin32;
        extended.UnsignedMax = (ulong)(int)value.UnsignedMax32;
        extended.SignedMin = value.SignedMin32;
        extended.SignedMax = value.SignedMax32;
        return extended;
    }

    private static Scalar Load(int bits, bool signed) => signed
        ? SignedRange(long.MinValue >> (64 - bits), long.MaxValue >> (64 - bits))
        : UnsignedRange(0, ulong.MaxValue >> (64 - bits));
}
