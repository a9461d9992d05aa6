using System.Globalization;

namespace Skep.Isa;

/// <summary>Reads the text of one instruction against the syntax of one row.</summary>
internal ref struct SyntaxMatcher(ReadOnlySpan<char> text, OpcodeRow row, IInstructionNames? names)
{
    /// <summary>What the kernel prints for a function of which it does not know the name.</summary>
    internal const string UnnamedFunction = "kernel-function";

    private readonly ReadOnlySpan<char> _text = text;
    private int? _destination;
    private int? _source;
    private int _offset;
    private long _immediate;

    /// <summary>Characters that were understood: the error of the row that got furthest is the one to show.</summary>
    internal int Position { get; private set; }

    internal string? Error { get; private set; }

    /// <summary>The form is right and a value does not fit.</summary>
    internal bool IsOutOfRange { get; private set; }

    /// <summary>Set where the target of a branch is a label and not a displacement.</summary>
    internal string? Label { get; private set; }

    internal readonly Instruction Instruction =>
        new(row.Operation, (byte)(_destination ?? 0), (byte)(_source ?? 0), _offset, _immediate);

    internal bool Match()
    {
        string syntax = row.Syntax;
        for (int i = 0; i < syntax.Length; i++)
        {
            bool matches = syntax[i] == '$' ? Operand(syntax[++i]) : Literal(syntax[i]);
            if (!matches)
            {
                return false;
            }
        }

        return Position == _text.Length || Fail("the end of the instruction");
    }

    private bool Operand(char operand) => operand switch
    {
        'd' => Register(ref _destination),
        's' => Register(ref _source),
        'o' => Displacement(short.MinValue, short.MaxValue),
        'j' => Target(),
        'l' => Target() && SkipName(),
        'h' => Function(isNamed: false),
        'f' => Function(isNamed: true),
        'i' => Immediate(row.Is64Bit ? int.MaxValue : uint.MaxValue),
        'x' => Immediate(uint.MaxValue),
        'q' => Wide(),
        'p' => Sign() && Half(int.MinValue, int.MaxValue, shift: 0),
        'u' => Half(0, uint.MaxValue, shift: 0),
        'v' => Half(0, uint.MaxValue, shift: 32),
        _ => throw new InvalidOperationException($"The syntax '{row.Syntax}' has the unknown operand '{operand}'."),
    };

    private bool Literal(char expected)
    {
        if (Position == _text.Length || _text[Position] != expected)
        {
            return Fail(expected == ' ' ? "a space" : $"'{expected}'");
        }

        Position++;
        while (expected == ' ' && Position < _text.Length && _text[Position] == ' ')
        {
            Position++;
        }

        return true;
    }

    private bool Register(ref int? register)
    {
        int start = Position;
        while (Position < _text.Length && char.IsAsciiDigit(_text[Position]))
        {
            Position++;
        }

        ReadOnlySpan<char> digits = _text[start..Position];
        if (digits.IsEmpty)
        {
            return Fail("a register number");
        }

        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number >= Registers.Count)
        {
            return OutOfRange($"register is {digits}, expected 0 to {Registers.Count - 1}");
        }

        if (register is int same && same != number)
        {
            return OutOfRange($"register is {number}, expected {same} again");
        }

        register = number;
        return true;
    }

    private bool Displacement(int least, int most)
    {
        if (!Sign() || !Number(least, most, out long value))
        {
            return false;
        }

        _offset = (int)value;
        return true;
    }

    private bool Target()
    {
        if (_text[Position..].StartsWith("pc+") || _text[Position..].StartsWith("pc-"))
        {
            Position += 2;
            return row.Immediate.Use == FieldUse.Branch
                ? Displacement(int.MinValue, int.MaxValue)
                : Displacement(short.MinValue, short.MaxValue);
        }

        ReadOnlySpan<char> rest = _text[Position..];
        if (!Assembler.IsLabel(rest))
        {
            return Fail("pc+n, pc-n or a label");
        }

        Label = rest.ToString();
        Position = _text.Length;
        return true;
    }

    private bool SkipName()
    {
        if (Position < _text.Length && _text[Position] == '#')
        {
            Position = _text.Length;
        }

        return true;
    }

    private bool Function(bool isNamed)
    {
        int length = _text[Position..].IndexOf('#');
        if (length <= 0)
        {
            return Fail("a name, '#' and a number");
        }

        ReadOnlySpan<char> name = _text.Slice(Position, length);
        Position += length + 1;
        if (!Number(int.MinValue, int.MaxValue, out _immediate))
        {
            return false;
        }

        bool meansNamed = name.SequenceEqual(UnnamedFunction)
            || names?.NamedFunctionName((int)_immediate) is string known && name.SequenceEqual(known);
        return meansNamed == isNamed || Fail(isNamed ? "a named function" : "a helper");
    }

    private bool Immediate(long most)
    {
        bool matches = Number(int.MinValue, most, out long value);
        _immediate = (int)value;
        return matches;
    }

    private bool Sign() => Position < _text.Length && _text[Position] is '+' or '-' || Fail("'+' or '-'");

    private bool Half(long least, long most, int shift)
    {
        bool matches = Number(least, most, out long value);
        _immediate |= (long)(uint)value << shift;
        return matches;
    }

    private bool Wide()
    {
        int start = Position;
        if (!_text[Position..].StartsWith("0x"))
        {
            return Fail("0x and up to 16 hexadecimal digits");
        }

        Position += 2;
        SkipDigits(hexadecimal: true);
        if (Position == start + 2)
        {
            return Fail("a hexadecimal digit");
        }

        return long.TryParse(_text[(start + 2)..Position], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _immediate)
            || OutOfRange("number is wider than 64 bits");
    }

    private bool Number(long least, long most, out long value)
    {
        value = 0;
        int start = Position;
        bool isNegative = Position < _text.Length && _text[Position] == '-';
        Position += isNegative || Position < _text.Length && _text[Position] == '+' ? 1 : 0;
        bool hexadecimal = _text[Position..].StartsWith("0x");
        Position += hexadecimal ? 2 : 0;
        int digits = Position;
        SkipDigits(hexadecimal);
        if (Position == digits)
        {
            return Fail("a number");
        }

        NumberStyles style = hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        bool fits = ulong.TryParse(_text[digits..Position], style, CultureInfo.InvariantCulture, out ulong magnitude)
            && magnitude <= uint.MaxValue;
        value = isNegative ? -(long)magnitude : (long)magnitude;
        return fits && value >= least && value <= most
            || OutOfRange($"number is {_text[start..Position]}, expected {least} to {most}");
    }

    private void SkipDigits(bool hexadecimal)
    {
        while (Position < _text.Length && (hexadecimal ? char.IsAsciiHexDigit(_text[Position]) : char.IsAsciiDigit(_text[Position])))
        {
            Position++;
        }
    }

    private bool Fail(string expected)
    {
        string found = Position < _text.Length ? $"'{_text[Position..]}'" : "the end of the line";
        Error = $"{found} is not understood, expected {expected}";
        return false;
    }

    private bool OutOfRange(string message)
    {
        IsOutOfRange = true;
        Error = message;
        return false;
    }
}
