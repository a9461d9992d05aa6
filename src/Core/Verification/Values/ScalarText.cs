using System.Globalization;
using System.Text;

namespace Skep.Verification.Values;

/// <summary>A <see cref="Scalar"/> in the words of the kernel's verifier log (<c>print_reg_state</c> in <c>kernel/bpf/log.c</c>).</summary>
internal static class ScalarText
{
    /// <summary>
    /// A constant as a number; else <c>scalar(…)</c> with the bounds that say something, equal ones joined, and the bits
    /// unless none is known.
    /// </summary>
    public static string Of(in Scalar value)
    {
        if (value.IsConstant)
        {
            return Signed((long)value.ConstantValue);
        }

        var text = new StringBuilder("scalar(");
        AppendBounds(text, value);
        if (value.Bits != Tnum.Unknown)
        {
            AppendSeparator(text);
            text.Append(CultureInfo.InvariantCulture, $"var_off=(0x{value.Bits.Value:x}; 0x{value.Bits.Mask:x})");
        }

        return text.Append(')').ToString();
    }

    private static void AppendBounds(StringBuilder text, in Scalar value)
    {
        Bound[] bounds =
        [
            new("smin", value.SignedMin == long.MinValue, Signed(value.SignedMin), value.SignedMin < 0),
            new("smax", value.SignedMax == long.MaxValue, Signed(value.SignedMax), value.SignedMax < 0),
            new("umin", value.UnsignedMin == ulong.MinValue, Unsigned(value.UnsignedMin)),
            new("umax", value.UnsignedMax == ulong.MaxValue, Unsigned(value.UnsignedMax)),
            new("smin32", value.SignedMin32 == int.MinValue, Signed32(value.SignedMin32), IsShortNegative(value.SignedMin32)),
            new("smax32", value.SignedMax32 == int.MaxValue, Signed32(value.SignedMax32), IsShortNegative(value.SignedMax32)),
            new("umin32", value.UnsignedMin32 == uint.MinValue, Unsigned(value.UnsignedMin32)),
            new("umax32", value.UnsignedMax32 == uint.MaxValue, Unsigned(value.UnsignedMax32)),
        ];
        for (int first = 0; first < bounds.Length; first++)
        {
            if (bounds[first].SaysNothing)
            {
                continue;
            }

            AppendSeparator(text);
            text.Append(bounds[first].Name).Append('=');
            for (int other = first + 2; other < bounds.Length; other += 2)
            {
                if (!bounds[other].SaysNothing && bounds[other].Joins(bounds[first]))
                {
                    text.Append(bounds[other].Name).Append('=');
                    bounds[other] = bounds[other] with { SaysNothing = true };
                }
            }

            text.Append(bounds[first].Number);
        }
    }

    private static void AppendSeparator(StringBuilder text)
    {
        if (text[^1] != '(')
        {
            text.Append(',');
        }
    }

    private static string Unsigned(ulong number) =>
        number <= ushort.MaxValue ? number.ToString(CultureInfo.InvariantCulture) : $"0x{number:x}";

    private static string Signed(long number) =>
        number is >= short.MinValue and <= short.MaxValue ? number.ToString(CultureInfo.InvariantCulture) : $"0x{number:x}";

    private static string Signed32(int number) =>
        number is >= short.MinValue and <= short.MaxValue ? Signed(number) : Unsigned((uint)number);

    /// <summary>Negative and written so; one that is written in hexadecimal is its 32 bits.</summary>
    private static bool IsShortNegative(int number) => number is >= short.MinValue and < 0;

    /// <param name="IsNegative">The same digits of one that is not are another number.</param>
    private readonly record struct Bound(string Name, bool SaysNothing, string Number, bool IsNegative = false)
    {
        public bool Joins(Bound other) => Number == other.Number && IsNegative == other.IsNegative;
    }
}
