using System.Buffers.Text;
using Skep.Contracts;

namespace Skep.Helpers.Formatting;

/// <summary>
/// Prints as the kernel's BPF helpers do: the rules of bpf_bprintf_prepare (kernel/bpf/helpers.c), the text of bstr_printf (lib/vsprintf.c). Two things
/// differ, because user space has neither the kernel's key nor its symbols: the number that %p and %pK print is another (as stable, for as
/// long as the process lives), and %ps, %pS and %pB print the address, as the kernel does for one without a symbol.
/// </summary>
internal static class KernelFormat
{
    private const int PointerDigits = 2 * sizeof(ulong);
    private const ulong FirstErrorPointer = unchecked((ulong)-4095L);

    /// <summary>Prints into <paramref name="output"/>, which ends in a NUL afterwards unless it is empty; untouched on an error.</summary>
    /// <param name="format">Ends at its first NUL, which it must have.</param>
    /// <param name="arguments">At most <see cref="FormatParser.MaxArguments"/>.</param>
    /// <param name="userProcess">Whose memory %pus means.</param>
    /// <returns>Bytes of the whole text without NUL, also of what did not fit; or -EINVAL or -ENOSPC.</returns>
    public static long Print(ReadOnlySpan<byte> format, ReadOnlySpan<ulong> arguments, int userProcess, Span<byte> output)
    {
        int end = format.IndexOf((byte)0);
        if (end < 0)
        {
            return -(long)Errno.EINVAL;
        }

        format = format[..end];
        Span<byte> arena = stackalloc byte[FormatParser.ArenaBytes];
        Span<Directive> directives = stackalloc Directive[FormatParser.MaxArguments];
        int count = new FormatParser(format, arguments, arena, userProcess).Parse(directives);
        if (count < 0)
        {
            return count;
        }

        var writer = new BoundedWriter(output);
        int at = 0;
        foreach (ref readonly Directive directive in directives[..count])
        {
            WriteLiteral(ref writer, format[at..directive.Start]);
            Write(ref writer, directive, arena);
            at = directive.End;
        }

        WriteLiteral(ref writer, format[at..]);
        if (!output.IsEmpty)
        {
            output[(int)Math.Min(writer.Length, output.Length - 1)] = 0;
        }

        return writer.Length;
    }

    /// <summary>%% is the only conversion left in it.</summary>
    private static void WriteLiteral(ref BoundedWriter writer, scoped ReadOnlySpan<byte> text)
    {
        for (int percent; (percent = text.IndexOf((byte)'%')) >= 0; text = text[(percent + 2)..])
        {
            writer.Write(text[..(percent + 1)]);
        }

        writer.Write(text);
    }

    private static void Write(ref BoundedWriter writer, in Directive directive, scoped ReadOnlySpan<byte> arena)
    {
        switch (directive.Kind)
        {
            case DirectiveKind.Number:
                WriteNumber(ref writer, directive);
                break;
            case DirectiveKind.HashedPointer:
                WritePointer(ref writer, directive, Disguise(directive.Value));
                break;
            case DirectiveKind.Pointer:
                WritePointer(ref writer, directive, directive.Value);
                break;
            case DirectiveKind.Symbol:
                WritePadded(ref writer, directive, System.Text.Encoding.ASCII.GetBytes($"0x{directive.Value:x}"));
                break;
            case DirectiveKind.Character:
                WritePadded(ref writer, directive, [(byte)directive.Value]);
                break;
            case DirectiveKind.Text:
                WritePadded(ref writer, directive, arena.Slice(directive.TextStart, directive.TextLength));
                break;
            default:
                writer.Write(arena.Slice(directive.TextStart, directive.TextLength));
                break;
        }
    }

    private static void WritePadded(ref BoundedWriter writer, in Directive directive, scoped ReadOnlySpan<byte> text)
    {
        int padding = directive.Width - text.Length;
        writer.Fill((byte)' ', directive.IsLeft ? 0 : padding);
        writer.Write(text);
        writer.Fill((byte)' ', directive.IsLeft ? padding : 0);
    }

    private static void WriteNumber(ref BoundedWriter writer, in Directive directive)
    {
        bool isSigned = directive.Conversion is (byte)'d' or (byte)'i';
        long signed = directive.IsLong ? (long)directive.Value : (int)directive.Value;
        ulong value = directive.IsLong ? directive.Value : (uint)directive.Value;
        byte sign = 0;
        if (isSigned)
        {
            bool isNegative = signed < 0;
            value = isNegative ? (ulong)-signed : (ulong)signed;
            sign = isNegative ? (byte)'-' : directive.HasPlus ? (byte)'+' : directive.HasSpace ? (byte)' ' : (byte)0;
        }

        char format = (char)directive.Conversion is 'x' or 'X' ? (char)directive.Conversion : 'D';
        WriteDigits(ref writer, directive, value, sign, format, directive.Width, directive.HasZero);
    }

    private static void WritePointer(ref BoundedWriter writer, in Directive directive, ulong value)
    {
        bool hasWidth = directive.Width >= 0;
        WriteDigits(ref writer, directive, value, sign: 0, 'x', hasWidth ? directive.Width : PointerDigits, directive.HasZero || !hasWidth);
    }

    private static void WriteDigits(ref BoundedWriter writer, in Directive directive, ulong value, byte sign, char format, int width, bool hasZero)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int count, new System.Buffers.StandardFormat(format));
        int padding = width - count - (sign == 0 ? 0 : 1);
        bool hasZeros = hasZero && !directive.IsLeft;
        writer.Fill((byte)' ', directive.IsLeft || hasZeros ? 0 : padding);
        if (sign != 0)
        {
            writer.Write(sign);
        }

        writer.Fill((byte)'0', hasZeros ? padding : 0);
        writer.Write(digits[..count]);
        writer.Fill((byte)' ', directive.IsLeft ? padding : 0);
    }

    /// <summary>A number that stands for an address and does not tell it: 32 bits of a hash with this process's own key. 0 and the kernel's error pointers are no addresses and stay.</summary>
    private static ulong Disguise(ulong address)
        => address == 0 || address >= FirstErrorPointer ? address : (uint)HashCode.Combine(address);
}
