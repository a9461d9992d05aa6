using System.Buffers.Binary;
using System.Numerics;

namespace Skep.Verification.Values;

/// <summary>
/// Operations on every pair of members. Addition, subtraction, the bitwise ones and shifts give the least set there is;
/// multiplication a set that holds all products.
/// </summary>
internal readonly partial record struct Tnum
{
    /// <summary>The sums, modulo 2^64.</summary>
    public Tnum Add(Tnum other)
    {
        // A bit of the sum is known where both bits are and the carry into it is: the carries of the least and of the
        // greatest sum are the extremes.
        unchecked
        {
            ulong least = Value + other.Value;
            ulong greatest = Possible + other.Possible;
            ulong unknown = (least ^ greatest) | Mask | other.Mask;
            return new Tnum(least & ~unknown, unknown);
        }
    }

    /// <summary>The differences, modulo 2^64.</summary>
    public Tnum Subtract(Tnum other)
    {
        unchecked
        {
            ulong greatest = Possible - other.Value;
            ulong least = Value - other.Possible;
            ulong unknown = (least ^ greatest) | Mask | other.Mask;
            return new Tnum((Value - other.Value) & ~unknown, unknown);
        }
    }

    public Tnum Negate() => Constant(0).Subtract(this);

    public Tnum And(Tnum other)
    {
        ulong ones = Value & other.Value;
        return new Tnum(ones, Possible & other.Possible & ~ones);
    }

    public Tnum Or(Tnum other)
    {
        ulong ones = Value | other.Value;
        return new Tnum(ones, (Mask | other.Mask) & ~ones);
    }

    public Tnum ExclusiveOr(Tnum other)
    {
        ulong unknown = Mask | other.Mask;
        return new Tnum((Value ^ other.Value) & ~unknown, unknown);
    }

    /// <summary>The products, modulo 2^64: a long multiplication over the bits of this.</summary>
    /// <remarks>
    /// Where a bit is unknown the sum with and without that row are both possible, and the union holds both. This keeps more
    /// than the paper's algorithm and is what Linux does since 6.18. The order of operands matters, but rarely: taking both
    /// and what they have in common gains 0.02 bits.
    /// </remarks>
    public Tnum Multiply(Tnum other)
    {
        if (IsConstant && other.IsConstant)
        {
            return Constant(unchecked(Value * other.Value));
        }

        Tnum sum = Constant(0);
        int lowest = BitOperations.TrailingZeroCount(other.Possible);
        for (ulong rest = Possible; rest != 0; rest &= rest - 1)
        {
            int bit = BitOperations.TrailingZeroCount(rest);
            if (bit + lowest >= 64 || sum.Mask >> (bit + lowest) == ulong.MaxValue >> (bit + lowest))
            {
                break; // No row from here on reaches a bit that is still known.
            }

            Tnum withRow = sum.Add(other.ShiftLeft(bit));
            sum = (Value >> bit & 1) != 0 ? withRow : sum.Union(withRow);
        }

        return sum;
    }

    public Tnum ShiftLeft(int count) => new(Value << count, Mask << count);

    public Tnum ShiftRight(int count) => new(Value >> count, Mask >> count);

    /// <summary>Shifts copies of the sign in; the result of 32 bits is zero-extended.</summary>
    /// <param name="count">Less than <paramref name="bits"/>.</param>
    /// <param name="bits">64 or 32: the width that has the sign.</param>
    public Tnum ShiftRightArithmetic(int count, int bits) => bits == 64
        ? new Tnum((ulong)((long)Value >> count), (ulong)((long)Mask >> count))
        : new Tnum((uint)((int)Value >> count), (uint)((int)Mask >> count));

    /// <summary>The low <paramref name="bits"/> (16, 32 or 64) in the other byte order, zero-extended.</summary>
    public Tnum ReverseBytes(int bits) => new(
        BinaryPrimitives.ReverseEndianness(Value) >> (64 - bits),
        BinaryPrimitives.ReverseEndianness(Mask) >> (64 - bits));
}
