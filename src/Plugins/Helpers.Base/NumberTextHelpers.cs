using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>Numbers out of text; as __bpf_strtoull of kernel/bpf/helpers.c and _parse_integer of lib/kstrtox.c.</summary>
[HelperSet("number_text")]
public sealed partial class NumberTextHelpers
{
    // BPF_STRTOX_BASE_MASK
    private const ulong BaseMask = 0x1f;

    /// <summary>Longer numbers are cut, as in the kernel, which copies them first.</summary>
    private const int MostCharacters = 63;

    [Helper("bpf_strtol", Number = 105, Description = "Reads a signed number in base 8, 10 or 16, or 0 for the one its prefix names; gives the characters used, -EINVAL or -ERANGE.")]
    private static long ParseSigned([Argument(Name = "buf", SizeName = "buf_len")] ReadOnlySpan<byte> text, ulong flags, [Argument(Name = "res")] out long result)
    {
        result = 0;
        long used = Parse(text, flags, out ulong value, out bool isNegative);
        if (used >= 0)
        {
            long signed = unchecked(isNegative ? -(long)value : (long)value);
            if (isNegative ? signed > 0 : signed < 0)
            {
                return -(long)Errno.ERANGE;
            }

            result = signed;
        }

        return used;
    }

    [Helper("bpf_strtoul", Number = 106, Description = "As bpf_strtol, for numbers that are not negative.")]
    private static long ParseUnsigned([Argument(Name = "buf", SizeName = "buf_len")] ReadOnlySpan<byte> text, ulong flags, [Argument(Name = "res")] out ulong result)
    {
        result = 0;
        long used = Parse(text, flags, out ulong value, out bool isNegative);
        if (used >= 0 && isNegative)
        {
            return -(long)Errno.EINVAL;
        }

        result = used >= 0 ? value : 0;
        return used;
    }

    /// <returns>Characters used, white space and sign included, or a negative errno.</returns>
    private static long Parse(ReadOnlySpan<byte> text, ulong flags, out ulong value, out bool isNegative)
    {
        value = 0;
        isNegative = false;
        uint radix = (uint)(flags & BaseMask);
        if (radix is not (0 or 8 or 10 or 16) || (flags & ~BaseMask) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        int start = 0;
        while (start < text.Length && text[start] is (>= 9 and <= 13) or (byte)' ' or 0xa0)
        {
            start++;
        }

        isNegative = start < text.Length && text[start] == '-';
        start += isNegative ? 1 : 0;
        ReadOnlySpan<byte> digits = text[start..];
        digits = digits[..Math.Min(digits.Length, MostCharacters)];
        int prefix = SkipPrefix(digits, ref radix);
        int count = ReadDigits(digits[prefix..], radix, out value, out bool overflows);
        return overflows ? -(long)Errno.ERANGE : count == 0 ? -(long)Errno.EINVAL : start + prefix + count;
    }

    /// <summary>_parse_integer_fixup_radix</summary>
    private static int SkipPrefix(ReadOnlySpan<byte> digits, ref uint radix)
    {
        bool isHexadecimal = digits is [(byte)'0', (byte)'x' or (byte)'X', ..];
        if (radix == 0)
        {
            radix = isHexadecimal && digits.Length > 2 && char.IsAsciiHexDigit((char)digits[2]) ? 16u : digits is [(byte)'0', ..] ? 8u : 10u;
        }

        return radix == 16 && isHexadecimal ? 2 : 0;
    }

    private static uint DigitOf(byte character) => character <= '9' ? (uint)(character - '0') : (uint)((character | 0x20) - 'a' + 10);

    private static int ReadDigits(ReadOnlySpan<byte> digits, uint radix, out ulong value, out bool overflows)
    {
        value = 0;
        overflows = false;
        int count = 0;
        foreach (byte character in digits)
        {
            uint digit = char.IsAsciiHexDigit((char)character) ? DigitOf(character) : radix;
            if (digit >= radix)
            {
                break;
            }

            overflows |= value > (ulong.MaxValue - digit) / radix;
            value = unchecked((value * radix) + digit);
            count++;
        }

        return count;
    }
}
