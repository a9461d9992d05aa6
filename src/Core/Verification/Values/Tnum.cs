using System.Numerics;
using System.Runtime.CompilerServices;

namespace Skep.Verification.Values;

/// <summary>
/// A number of which some bits are known ("tracked number"): the set of the values that agree with <see cref="Value"/> in
/// every bit that <see cref="Mask"/> leaves clear. Never empty. Source: Vishwanathan, Shachnai, Narayana and Nagarakatte,
/// "Sound, Precise, and Fast Abstract Interpretation with Tristate Numbers", CGO 2022.
/// </summary>
/// <param name="Value">The known bits; 0 where they are unknown.</param>
/// <param name="Mask">The unknown bits.</param>
internal readonly partial record struct Tnum(ulong Value, ulong Mask)
{
    public static Tnum Unknown => new(0, ulong.MaxValue);

    public bool IsConstant => Mask == 0;

    /// <summary>The greatest member, which has every bit that some member has.</summary>
    public ulong Possible => Value | Mask;

    public static Tnum Constant(ulong value) => new(value, 0);

    /// <summary>The least set that holds every value from <paramref name="min"/> to <paramref name="max"/>: their common prefix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tnum Range(ulong min, ulong max)
    {
        ulong unknown = UpTo(min ^ max);
        return new Tnum(min & ~unknown, unknown);
    }

    public bool Contains(ulong value) => ((value ^ Value) & ~Mask) == 0;

    /// <summary>Every member is one of <paramref name="wider"/> too.</summary>
    public bool IsWithin(Tnum wider) => ((Mask | (Value ^ wider.Value)) & ~wider.Mask) == 0;

    /// <summary>Every member is a multiple of <paramref name="size"/>, a power of two.</summary>
    public bool IsAligned(ulong size) => (Possible & (size - 1)) == 0;

    /// <summary>No value is a member of both.</summary>
    public bool IsDisjoint(Tnum other) => ((Value ^ other.Value) & ~(Mask | other.Mask)) != 0;

    /// <summary>The common members; means nothing when the two are <see cref="IsDisjoint">disjoint</see>.</summary>
    public Tnum Intersect(Tnum other)
    {
        ulong unknown = Mask & other.Mask;
        return new Tnum((Value | other.Value) & ~unknown, unknown);
    }

    /// <summary>The least set that holds the members of both.</summary>
    public Tnum Union(Tnum other)
    {
        ulong unknown = Mask | other.Mask | (Value ^ other.Value);
        return new Tnum(Value & ~unknown, unknown);
    }

    /// <summary>The low <paramref name="bits"/> (1 to 64), zero-extended.</summary>
    public Tnum Low(int bits)
    {
        ulong kept = ulong.MaxValue >> (64 - bits);
        return new Tnum(Value & kept, Mask & kept);
    }

    /// <summary>The upper half of this and the lower half of <paramref name="low"/>.</summary>
    public Tnum WithLow32(Tnum low) => new(
        (Value & ~(ulong)uint.MaxValue) | (uint)low.Value,
        (Mask & ~(ulong)uint.MaxValue) | (uint)low.Mask);

    /// <summary>Narrows an interval to its least and greatest member of this set; false when it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Narrow(ref ulong min, ref ulong max) =>
        (Contains(min) || Raise(ref min)) && (Contains(max) || Lower(ref max)) && min <= max;

    /// <summary>The bits of <paramref name="value"/>'s highest bit and below it; 0 for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong UpTo(ulong value) =>
        value == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(value);

    /// <summary>From a value that is no member to the least member above it.</summary>
    private bool Raise(ref ulong value)
    {
        // At the highest known bit in which it differs it is either too small, and the least lower part makes up for it,
        // or too great, and the unknown bits above have to count one up.
        ulong differing = UpTo((value ^ Value) & ~Mask);
        if ((Value & differing & ~(differing >> 1)) != 0)
        {
            value = (value & ~differing) | (Value & differing);
            return true;
        }

        ulong next = unchecked((value | ~Mask | differing) + 1);
        value = (next & Mask) | Value;
        return next != 0;
    }

    /// <summary>From a value that is no member to the greatest member below it.</summary>
    private bool Lower(ref ulong value)
    {
        ulong differing = UpTo((value ^ Value) & ~Mask);
        if ((Value & differing & ~(differing >> 1)) == 0)
        {
            value = (value & ~differing) | (Possible & differing);
            return true;
        }

        ulong above = value & Mask & ~differing;
        value = (unchecked(above - 1) & Mask) | Value;
        return above != 0;
    }
}
