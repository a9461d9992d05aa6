using System.Globalization;

namespace Skep.Cli.Disassembly.Arm64;

/// <summary>Loads and stores (C4.1.94), atomics included; of vectors only what whole registers of 32 to 128 bits need.</summary>
internal static class MemoryForms
{
    private static readonly string[] Widths = ["b", "h", "", ""];
    private static readonly string[] Updates = ["add", "clr", "eor", "set", "smax", "smin", "umax", "umin"];

    public static Text? Decode(Word word, long offset)
        => word.Is(0x3f00_0000, 0x0800_0000) ? Exclusive(word)
        : word.Is(0x3b00_0000, 0x1800_0000) ? Literal(word, offset)
        : word.Is(0x3a00_0000, 0x2800_0000) ? Pair(word)
        : word.Is(0x3a00_0000, 0x3800_0000) ? Single(word)
        : null;

    private static Text? Exclusive(Word word)
    {
        int size = word.Field(30, 2);
        bool is64 = size == 3;
        string t = word.RegisterD(is64);
        string s = Word.Register(word.M, false);
        string place = Place(word);
        string width = Widths[size];
        string ordered = word.Bit(15) ? "l" : "";
        bool loads = word.Bit(22);
        string acquires = word.Bit(15) ? "a" : "";
        return (word.Field(21, 1) | word.Field(23, 1) << 1) switch
        {
            0 when word.A == Word.Zero && loads && word.M == Word.Zero => Text.Of($"ld{acquires}xr{width}", t, place),
            0 when word.A == Word.Zero && !loads => Text.Of($"st{ordered}xr{width}", s, t, place),
            2 when word.A == Word.Zero && word.M == Word.Zero && word.Bit(15) => Text.Of((loads ? "ldar" : "stlr") + width, t, place),
            3 when word.A == Word.Zero => Text.Of($"cas{(loads ? "a" : "")}{ordered}{width}", Word.Register(word.M, is64), t, place),
            _ => null,
        };
    }

    private static Text? Literal(Word word, long offset)
    {
        string place = Word.Target(offset + ((long)word.Signed(5, 19) << 2));
        return (word.Bit(26), word.Field(30, 2)) switch
        {
            (false, 0 or 1) => Text.Of("ldr", word.RegisterD(word.Bit(30)), place),
            (false, 2) => Text.Of("ldrsw", word.RegisterD(true), place),
            _ => null,
        };
    }

    private static Text? Pair(Word word)
    {
        int kind = word.Field(30, 2);
        int mode = word.Field(23, 2);
        bool loads = word.Bit(22);
        if (mode == 0 || kind == 3 || (kind == 1 && !word.Bit(26) && !loads))
        {
            return null;
        }

        int shift = word.Bit(26) ? 2 + kind : kind == 2 ? 3 : 2;
        string First(int number) => word.Bit(26) ? Vector(number, shift) : Word.Register(number, kind != 0);
        string operation = loads ? (kind == 1 && !word.Bit(26) ? "ldpsw" : "ldp") : "stp";
        return Text.Of(operation, First(word.D), First(word.A), Place(word, mode, word.Signed(15, 7) << shift));
    }

    private static Text? Single(Word word)
    {
        int size = word.Field(30, 2);
        int kind = word.Field(22, 2);
        bool isVector = word.Bit(26);
        if (word.Is(0x0120_0c00, 0x0020_0000))
        {
            return isVector ? null : Update(word);
        }

        int shift = isVector && kind >= 2 ? 4 : size;
        string? suffix = isVector ? (kind >= 2 && size != 0 ? null : "") : SuffixOf(size, kind);
        if (suffix is null)
        {
            return null;
        }

        string start = (isVector ? (kind & 1) : kind) != 0 ? "ld" : "st";
        string t = isVector ? Vector(word.D, shift) : word.RegisterD(kind == 2 || (kind < 2 && size == 3));
        if (word.Bit(24))
        {
            return Text.Of($"{start}r{suffix}", t, Place(word, 2, word.Field(10, 12) << shift));
        }

        return (word.Bit(21), word.Field(10, 2)) switch
        {
            (false, 0) => Text.Of($"{start}ur{suffix}", t, Place(word, 2, word.Signed(12, 9))),
            (false, var mode and (1 or 3)) => Text.Of($"{start}r{suffix}", t, Place(word, mode, word.Signed(12, 9))),
            (true, 2) => ByRegister(word, $"{start}r{suffix}", t, shift),
            _ => null,
        };
    }

    /// <summary>What follows <c>ldr</c>: the width, and s where it extends a sign; null for what is none.</summary>
    private static string? SuffixOf(int size, int kind) => kind switch
    {
        0 or 1 => Widths[size],
        2 when size < 3 => size == 2 ? "sw" : "s" + Widths[size],
        3 when size < 2 => "s" + Widths[size],
        _ => null,
    };

    private static Text? ByRegister(Word word, string operation, string t, int shift)
    {
        int extension = word.Field(13, 3);
        if ((extension & 2) == 0)
        {
            return null;
        }

        string amount = Word.Decimal(shift);
        string how = extension == 3
            ? (word.Bit(12) ? $", lsl {amount}" : "")
            : $", {(extension == 2 ? "uxtw" : extension == 6 ? "sxtw" : "sxtx")}{(word.Bit(12) ? " " + amount : "")}";
        return Text.Of(operation, t, $"[{Word.OrStack(word.N, true)}, {word.RegisterM((extension & 1) != 0)}{how}]");
    }

    private static Text? Update(Word word)
    {
        int size = word.Field(30, 2);
        string s = Word.Register(word.M, size == 3);
        string t = word.RegisterD(size == 3);
        string order = (word.Bit(23) ? "a" : "") + (word.Bit(22) ? "l" : "");
        string width = Widths[size];
        if (word.Bit(15))
        {
            return word.Field(12, 3) == 0 ? Text.Of($"swp{order}{width}", s, t, Place(word)) : null;
        }

        string name = Updates[word.Field(12, 3)];
        return word.D == Word.Zero && !word.Bit(23)
            ? Text.Of($"st{name}{order}{width}", s, Place(word))
            : Text.Of($"ld{name}{order}{width}", s, t, Place(word));
    }

    private static string Place(Word word) => $"[{Word.OrStack(word.N, true)}]";

    /// <param name="mode">1 changes the base afterwards, 2 leaves it, 3 changes it before.</param>
    private static string Place(Word word, int mode, int offset)
    {
        string address = Word.OrStack(word.N, true);
        string distance = Word.Decimal(offset);
        return mode switch
        {
            1 => $"[{address}], {distance}",
            3 => $"[{address}, {distance}]!",
            _ => offset == 0 ? $"[{address}]" : $"[{address}, {distance}]",
        };
    }

    private static string Vector(int number, int shift) => string.Create(CultureInfo.InvariantCulture, $"{"bhsdq"[shift]}{number}");
}
