using Skep.Contracts;
using Skep.Helpers.Machine;

namespace Skep.Helpers.Formatting;

/// <summary>
/// The first half of the kernel's printing (bpf_bprintf_prepare in kernel/bpf/helpers.c): checks the format against its rules and fetches what the
/// arguments point to. Nothing is printed unless all of it is right.
/// </summary>
/// <param name="format">Up to, and without, its NUL.</param>
/// <param name="arena">Room for texts; <see cref="ArenaBytes"/> long.</param>
/// <param name="userProcess">Whose memory %pus means.</param>
internal unsafe ref struct FormatParser(ReadOnlySpan<byte> format, ReadOnlySpan<ulong> arguments, Span<byte> arena, int userProcess)
{
    /// <summary>Bytes of all arguments together, texts and numbers (MAX_BPRINTF_BIN_ARGS).</summary>
    public const int ArenaBytes = 512;

    /// <summary>Conversions of one format (MAX_BPRINTF_VARARGS).</summary>
    public const int MaxArguments = 12;

    private const int MaxWidth = (1 << 23) - 1;

    private readonly ReadOnlySpan<byte> _format = format;
    private readonly ReadOnlySpan<ulong> _arguments = arguments;
    private readonly Span<byte> _arena = arena;
    private int _used;
    private int _at;

    /// <summary>Fills in the directives, in order.</summary>
    /// <returns>How many; or -EINVAL, or -ENOSPC when the arguments take more than <see cref="ArenaBytes"/>.</returns>
    public int Parse(Span<Directive> directives)
    {
        int count = 0;
        for (; _at < _format.Length; _at++)
        {
            byte c = _format[_at];
            if (!KernelCharacter.IsAllowed(c))
            {
                return -(int)Errno.EINVAL;
            }

            if (c != '%')
            {
                continue;
            }

            if (Peek(1) == '%')
            {
                _at++;
                continue;
            }

            if (count >= _arguments.Length)
            {
                return -(int)Errno.EINVAL;
            }

            ref Directive directive = ref directives[count];
            directive = new Directive { Start = _at++, Width = -1, Value = _arguments[count] };
            ReadFlagsAndWidth(ref directive);
            Errno error = ReadConversion(ref directive);
            if (error != Errno.None)
            {
                return -(int)error;
            }

            directive.End = _at + 1;
            count++;
        }

        return count;
    }

    private readonly byte Peek(int ahead) => _at + ahead < _format.Length ? _format[_at + ahead] : (byte)0;

    private void ReadFlagsAndWidth(ref Directive directive)
    {
        for (; Peek(0) is (byte)'0' or (byte)'+' or (byte)'-' or (byte)' '; _at++)
        {
            directive.HasZero |= Peek(0) == '0';
            directive.HasPlus |= Peek(0) == '+';
            directive.IsLeft |= Peek(0) == '-';
            directive.HasSpace |= Peek(0) == ' ';
        }

        for (; char.IsAsciiDigit((char)Peek(0)); _at++)
        {
            directive.Width = (int)Math.Min((Math.Max(directive.Width, 0) * 10L) + Peek(0) - '0', MaxWidth);
        }
    }

    private Errno ReadConversion(ref Directive directive)
    {
        switch ((char)Peek(0))
        {
            case 'p':
                Errno error = ReadPointer(ref directive);
                SkipWord();
                return error;
            case 's':
                directive.Kind = DirectiveKind.Text;
                return FetchText(ref directive, Environment.ProcessId);
            case 'c':
                directive.Kind = DirectiveKind.Character;
                return Take(1, alignment: 1);
            default:
                return ReadNumber(ref directive);
        }
    }

    private Errno ReadNumber(ref Directive directive)
    {
        for (int i = 0; i < 2 && Peek(0) == 'l'; i++, _at++)
        {
            directive.IsLong = true;
        }

        directive.Kind = DirectiveKind.Number;
        directive.Conversion = Peek(0);
        return (char)directive.Conversion is 'd' or 'i' or 'u' or 'x' or 'X'
            ? Take(directive.IsLong ? sizeof(ulong) : sizeof(uint), alignment: sizeof(uint))
            : Errno.EINVAL;
    }

    private Errno ReadPointer(ref Directive directive)
    {
        char kind = (char)Peek(1);
        char second = (char)Peek(2);
        switch (kind)
        {
            case 'k' or 'u' when second == 's':
                _at += 2;
                directive.Kind = DirectiveKind.PlainText;
                return FetchText(ref directive, kind == 'u' ? userProcess : Environment.ProcessId);
            case 'K' or 'x' or 's' or 'S':
                _at++;
                directive.Kind = kind switch { 'x' => DirectiveKind.Pointer, 'K' => DirectiveKind.HashedPointer, _ => DirectiveKind.Symbol };
                return Take(sizeof(ulong), alignment: sizeof(uint));
            case 'B':
                _at++;
                directive.Kind = DirectiveKind.PlainText;
                return Keep(ref directive, System.Text.Encoding.ASCII.GetBytes($"0x{directive.Value:x}"));
            case 'i' or 'I' when second is '4' or '6':
                _at += 2;
                directive.Kind = DirectiveKind.PlainText;
                return FetchAddress(ref directive, isPlain: kind == 'i', isShort: second == '4');
            default:
                directive.Kind = DirectiveKind.HashedPointer;
                return KernelCharacter.EndsConversion(Peek(1)) ? Take(sizeof(ulong), alignment: sizeof(uint)) : Errno.EINVAL;
        }
    }

    private Errno FetchText(ref Directive directive, int process)
    {
        if (!KernelCharacter.EndsConversion(Peek(1)))
        {
            return Errno.EINVAL;
        }

        Span<byte> room = _arena[_used..];
        if (room.IsEmpty)
        {
            return Errno.ENOSPC;
        }

        fixed (byte* destination = room)
        {
            long length = ProcessMemory.ReadString(process, directive.Value, destination, (nuint)room.Length);
            directive.TextStart = _used;
            directive.TextLength = (int)Math.Max(length - 1, 0);
            _used += (int)Math.Max(length, 1);
        }

        return Errno.None;
    }

    /// <summary>An IP address from memory; one that is not there prints as zeros.</summary>
    private Errno FetchAddress(ref Directive directive, bool isPlain, bool isShort)
    {
        int size = isShort ? 4 : 16;
        if (_arena.Length - _used < size)
        {
            return Errno.ENOSPC;
        }

        byte* address = stackalloc byte[16];
        ProcessMemory.Read(Environment.ProcessId, directive.Value, address, (nuint)size);
        Span<byte> text = stackalloc byte[AddressText.MaxBytes];
        return Keep(ref directive, text[..AddressText.Write(new ReadOnlySpan<byte>(address, size), isPlain, text)]);
    }

    private Errno Keep(ref Directive directive, scoped ReadOnlySpan<byte> text)
    {
        // As with snprintf there, what does not fit is cut.
        int kept = Math.Clamp(_arena.Length - _used - 1, 0, text.Length);
        text[..kept].CopyTo(_arena[Math.Min(_used, _arena.Length)..]);
        directive.TextStart = Math.Min(_used, _arena.Length);
        directive.TextLength = kept;
        _used = Math.Min(_used + kept + 1, _arena.Length);
        return Errno.None;
    }

    private Errno Take(int size, int alignment)
    {
        int start = (_used + alignment - 1) & -alignment;
        if (_arena.Length - start < size)
        {
            return Errno.ENOSPC;
        }

        _used = start + size;
        return Errno.None;
    }

    /// <summary>Letters and digits that follow a pointer's conversion belong to it and print nothing.</summary>
    private void SkipWord()
    {
        while (KernelCharacter.IsWord(Peek(1)))
        {
            _at++;
        }
    }
}
