using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skep.Verification.Values;

/// <summary>
/// What is known of a 64-bit number: its bits, and the ranges of itself and of its low half in both orders. The value is in
/// all of them at once. Source of the idea: <c>struct bpf_reg_state</c> of the kernel's verifier.
/// </summary>
/// <remarks>
/// The four bounds of a width are two intervals in disguise, one on each side of the sign: with members on both sides,
/// [<see cref="UnsignedMin"/>, <see cref="SignedMax"/>] are the non-negative ones and [<see cref="SignedMin"/>,
/// <see cref="UnsignedMax"/>] the others; with members on one side the two orders have the same bounds. After
/// <see cref="Sharpen"/> every bound is taken by a member of the other views as far as they can tell.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal partial struct Scalar
{
    public Tnum Bits;
    public long SignedMin;
    public long SignedMax;
    public ulong UnsignedMin;
    public ulong UnsignedMax;
    public int SignedMin32;
    public int SignedMax32;
    public uint UnsignedMin32;
    public uint UnsignedMax32;

    public static Scalar Unknown
    {
        get
        {
            Start(out Scalar unknown, Tnum.Unknown);
            return unknown;
        }
    }

    public readonly bool IsConstant => Bits.IsConstant;

    /// <summary>Means something when <see cref="IsConstant"/>.</summary>
    public readonly ulong ConstantValue => Bits.Value;

    /// <summary>The low half is known.</summary>
    public readonly bool IsConstant32 => (uint)Bits.Mask == 0;

    /// <summary>Means something when <see cref="IsConstant32"/>.</summary>
    public readonly uint ConstantValue32 => (uint)Bits.Value;

    /// <summary>Could be any number.</summary>
    public readonly bool IsUnknown =>
        Bits.Mask == ulong.MaxValue
        && SignedMin == long.MinValue && SignedMax == long.MaxValue
        && UnsignedMin == ulong.MinValue && UnsignedMax == ulong.MaxValue
        && SignedMin32 == int.MinValue && SignedMax32 == int.MaxValue
        && UnsignedMin32 == uint.MinValue && UnsignedMax32 == uint.MaxValue;

    /// <summary>Members on both sides of the sign, so that the two orders have different bounds.</summary>
    internal readonly bool HasBothSigns => SignedMin < 0 && SignedMax >= 0;

    public static Scalar Constant(ulong value)
    {
        Scalar constant = default;
        constant.Become(value);
        return constant;
    }

    /// <summary>From <paramref name="min"/> to <paramref name="max"/> inclusive, which is not less.</summary>
    public static Scalar UnsignedRange(ulong min, ulong max)
    {
        Scalar range = Unknown;
        range.UnsignedMin = min;
        range.UnsignedMax = max;
        return range.Sharpen() ? range : Unknown;
    }

    /// <summary>From <paramref name="min"/> to <paramref name="max"/> inclusive, which is not less.</summary>
    public static Scalar SignedRange(long min, long max)
    {
        Scalar range = Unknown;
        range.SignedMin = min;
        range.SignedMax = max;
        return range.Sharpen() ? range : Unknown;
    }

    /// <summary>May be this value: every view has it.</summary>
    public readonly bool Contains(ulong value) =>
        Bits.Contains(value)
        && value >= UnsignedMin && value <= UnsignedMax
        && (long)value >= SignedMin && (long)value <= SignedMax
        && ContainsLow((uint)value);

    /// <summary>Each view lies in that of <paramref name="wider"/>, so that what holds for it holds for this.</summary>
    public readonly bool IsWithin(in Scalar wider) =>
        UnsignedMin >= wider.UnsignedMin && UnsignedMax <= wider.UnsignedMax
        && SignedMin >= wider.SignedMin && SignedMax <= wider.SignedMax
        && UnsignedMin32 >= wider.UnsignedMin32 && UnsignedMax32 <= wider.UnsignedMax32
        && SignedMin32 >= wider.SignedMin32 && SignedMax32 <= wider.SignedMax32
        && Bits.IsWithin(wider.Bits);

    internal void Become(ulong value)
    {
        Bits = Tnum.Constant(value);
        SignedMin = SignedMax = (long)value;
        UnsignedMin = UnsignedMax = value;
        SignedMin32 = SignedMax32 = (int)value;
        UnsignedMin32 = UnsignedMax32 = (uint)value;
    }

    /// <summary>Known bits and no bounds yet; <see cref="Sharpen"/> finds them.</summary>
    /// <remarks>In place, here and in what works on the result: a copy right after writing fields waits for them.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Start(out Scalar scalar, Tnum bits)
    {
        scalar.Bits = bits;
        scalar.SignedMin = long.MinValue;
        scalar.SignedMax = long.MaxValue;
        scalar.UnsignedMin = ulong.MinValue;
        scalar.UnsignedMax = ulong.MaxValue;
        scalar.SignedMin32 = int.MinValue;
        scalar.SignedMax32 = int.MaxValue;
        scalar.UnsignedMin32 = uint.MinValue;
        scalar.UnsignedMax32 = uint.MaxValue;
    }

    public override readonly string ToString() => ScalarText.Of(this);

    /// <summary>The bounds of the low half allow this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool ContainsLow(uint low) =>
        low >= UnsignedMin32 && low <= UnsignedMax32 && (int)low >= SignedMin32 && (int)low <= SignedMax32;
}
