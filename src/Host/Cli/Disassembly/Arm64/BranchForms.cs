using System.Globalization;

namespace Skep.Cli.Disassembly.Arm64;

/// <summary>Branches, exceptions and what the system does (C4.1.93).</summary>
internal static class BranchForms
{
    private static readonly string[] Barriers = ["", "oshld", "oshst", "osh", "", "nshld", "nshst", "nsh", "", "ishld", "ishst", "ish", "", "ld", "st", "sy"];

    private static readonly Dictionary<int, Text> Hints = new()
    {
        [0] = Text.Of("nop"),
        [1] = Text.Of("yield"),
        [2] = Text.Of("wfe"),
        [3] = Text.Of("wfi"),
        [4] = Text.Of("sev"),
        [5] = Text.Of("sevl"),
        [20] = Text.Of("csdb"),
        [32] = Text.Of("bti"),
        [34] = Text.Of("bti", "c"),
        [36] = Text.Of("bti", "j"),
        [38] = Text.Of("bti", "jc"),
    };

    public static Text? Decode(Word word, long offset)
    {
        if (word.Is(0x7c00_0000, 0x1400_0000))
        {
            return Text.Of(word.Bit(31) ? "bl" : "b", Word.Target(offset + ((long)word.Signed(0, 26) << 2)));
        }

        string near = Word.Target(offset + ((long)word.Signed(5, 19) << 2));
        return word.Is(0x7e00_0000, 0x3400_0000) ? Text.Of(word.Bit(24) ? "cbnz" : "cbz", word.RegisterD(word.Is64), near)
            : word.Is(0x7e00_0000, 0x3600_0000) ? Test(word, offset)
            : word.Is(0xff00_0010, 0x5400_0000) ? Text.Of("b." + Conditions.Names[word.Field(0, 4)], near)
            : word.Is(0xff9f_fc1f, 0xd61f_0000) ? Register(word)
            : System(word);
    }

    private static Text Test(Word word, long offset)
    {
        int bit = word.Field(31, 1) << 5 | word.Field(19, 5);
        return Text.Of(word.Bit(24) ? "tbnz" : "tbz", word.RegisterD(bit > 31), Word.Decimal(bit), Word.Target(offset + ((long)word.Signed(5, 14) << 2)));
    }

    private static Text? Register(Word word) => word.Field(21, 2) switch
    {
        0 => Text.Of("br", word.RegisterN(true)),
        1 => Text.Of("blr", word.RegisterN(true)),
        2 => word.N == 30 ? Text.Of("ret") : Text.Of("ret", word.RegisterN(true)),
        _ => null,
    };

    private static Text? System(Word word)
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"#0x{word.Field(5, 16):x}");
        return word.Is(0xffe0_001f, 0xd420_0000) ? Text.Of("brk", number)
            : word.Is(0xffe0_001f, 0xd400_0001) ? Text.Of("svc", number)
            : word.Is(0xffff_f01f, 0xd503_201f) ? Hints.GetValueOrDefault(word.Field(5, 7)) ?? Text.Of("hint", Word.Decimal(word.Field(5, 7)))
            : word.Is(0xffff_f01f, 0xd503_301f) ? Barrier(word)
            : null;
    }

    private static Text? Barrier(Word word)
    {
        string kind = Barriers[word.Field(8, 4)] is { Length: > 0 } known ? known : Word.Hexadecimal((ulong)word.Field(8, 4));
        return word.Field(5, 3) switch
        {
            5 => Text.Of("dmb", kind),
            4 when word.Field(8, 4) is not (0 or 4) => Text.Of("dsb", kind),
            6 => word.Field(8, 4) == 15 ? Text.Of("isb") : Text.Of("isb", Word.Hexadecimal((ulong)word.Field(8, 4))),
            _ => null,
        };
    }
}
