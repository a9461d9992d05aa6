namespace Skep.Helpers.Formatting;

/// <summary>How an argument is printed.</summary>
internal enum DirectiveKind : byte
{
    /// <summary>%d, %i, %u, %x, %X, with l or ll.</summary>
    Number,

    /// <summary>%p, %pK: an id that stands for the address and does not tell it.</summary>
    HashedPointer,

    /// <summary>%px</summary>
    Pointer,

    /// <summary>%ps, %pS: a symbol's name in the kernel; there are no symbols here.</summary>
    Symbol,

    /// <summary>%c</summary>
    Character,

    /// <summary>%s</summary>
    Text,

    /// <summary>%pks, %pus, %pi4, %pI4, %pi6, %pI6, %pB: made text before printing, which ignores flags and width.</summary>
    PlainText,
}

/// <summary>One conversion of a format, with its argument as it is to be printed.</summary>
internal struct Directive
{
    /// <summary>Where its % is.</summary>
    public int Start;

    /// <summary>One past its last character.</summary>
    public int End;

    public DirectiveKind Kind;

    /// <summary>The character that ends a number's conversion.</summary>
    public byte Conversion;

    public bool IsLong;
    public bool IsLeft;
    public bool HasPlus;
    public bool HasSpace;
    public bool HasZero;

    /// <summary>-1 when there is none.</summary>
    public int Width;

    /// <summary>The argument, for all but text.</summary>
    public ulong Value;

    /// <summary>Where its text starts in the arena, and how long it is.</summary>
    public int TextStart;
    public int TextLength;
}
