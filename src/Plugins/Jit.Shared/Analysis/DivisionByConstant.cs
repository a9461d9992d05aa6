using System.Numerics;

namespace Skep.Jit.Analysis;

/// <summary>
/// How to divide an unsigned number of N = 32 or 64 bits by a constant that is no power of two with a multiplication (Granlund and Montgomery, "Division by invariant
/// integers using multiplication", 1994; Warren, "Hacker's Delight", chapter 10): the quotient is <c>high(x * <paramref name="Multiplier"/>) &gt;&gt; <paramref name="Shift"/></c>,
/// where high is the upper N bits of the product of 2N bits. With <paramref name="Adds"/> the multiplier has a bit more than N, and the quotient is
/// <c>(((x - high) &gt;&gt; 1) + high) &gt;&gt; (<paramref name="Shift"/> - 1)</c>.
/// </summary>
public readonly record struct UnsignedDivision(ulong Multiplier, int Shift, bool Adds)
{
    /// <param name="divisor">At least 3, no power of two.</param>
    public static UnsignedDivision By32(uint divisor)
    {
        int shift = 31 - BitOperations.LeadingZeroCount(divisor);
        ulong power = 1UL << (32 + shift);
        ulong multiplier = power / divisor;
        ulong remainder = power - multiplier * divisor;
        if (divisor - remainder < 1UL << shift)
        {
            return new UnsignedDivision(multiplier + 1, shift, false);
        }

        // One bit more of precision; the bit above the 32 is implied.
        return new UnsignedDivision((uint)((UInt128.One << (33 + shift)) / divisor + 1), shift + 1, true);
    }

    /// <inheritdoc cref="By32"/>
    public static UnsignedDivision By64(ulong divisor)
    {
        int shift = 63 - BitOperations.LeadingZeroCount(divisor);
        UInt128 power = UInt128.One << (64 + shift);
        UInt128 multiplier = power / divisor;
        UInt128 remainder = power - multiplier * divisor;
        if (divisor - remainder < UInt128.One << shift)
        {
            return new UnsignedDivision((ulong)multiplier + 1, shift, false);
        }

        // 2^(65 + shift) / divisor from 2^(64 + shift) / divisor, without a 129th bit; the bit above the 64 is implied.
        UInt128 doubled = multiplier * 2 + (remainder * 2 >= divisor ? 1U : 0U);
        return new UnsignedDivision((ulong)doubled + 1, shift + 1, true);
    }
}

/// <summary>
/// As <see cref="UnsignedDivision"/> for signed numbers, rounding to zero: <c>q = highSigned(x * <paramref name="Multiplier"/>)</c>, plus x if the divisor is positive and the
/// multiplier negative, minus x if the other way round; then <c>q &gt;&gt;= <paramref name="Shift"/></c> (arithmetic), and 1 is added if that is negative.
/// </summary>
public readonly record struct SignedDivision(long Multiplier, int Shift)
{
    /// <param name="divisor">Neither 0, 1, -1 nor a power of two or its negative.</param>
    public static SignedDivision By32(int divisor)
    {
        (UInt128 multiplier, int shift) = Find(divisor, 32);
        return new SignedDivision((int)(uint)multiplier, shift);
    }

    /// <inheritdoc cref="By32"/>
    public static SignedDivision By64(long divisor)
    {
        (UInt128 multiplier, int shift) = Find(divisor, 64);
        return new SignedDivision((long)(ulong)multiplier, shift);
    }

    /// <summary>The least power p from N on with 2^p large enough: 2^p &gt; nc * (d - 2^p mod d), where nc is the greatest dividend with remainder d - 1.</summary>
    private static (UInt128 Multiplier, int Shift) Find(long divisor, int bits)
    {
        UInt128 magnitude = (UInt128)Int128.Abs(divisor);
        UInt128 half = (UInt128.One << (bits - 1)) + (divisor < 0 ? 1U : 0U);
        UInt128 greatest = half - 1 - half % magnitude;
        for (int power = bits; ; power++)
        {
            UInt128 whole = UInt128.One << power;
            UInt128 missing = magnitude - whole % magnitude;
            if (whole / greatest >= missing && whole > greatest * missing)
            {
                UInt128 multiplier = (whole + missing) / magnitude;
                return (divisor < 0 ? UInt128.Zero - multiplier : multiplier, power - bits);
            }
        }
    }
}
