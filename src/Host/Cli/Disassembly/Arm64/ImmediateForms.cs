using System.Numerics;

namespace Skep.Cli.Disassembly.Arm64;

/// <summary>Data processing with an immediate (C4.1.92).</summary>
internal static class ImmediateForms
{
    private static readonly string[] Logical = ["and", "orr", "eor", "ands"];

    public static Text? Decode(Word word, long offset) => word.Field(23, 3) switch
    {
        0 or 1 => Address(word, offset),
        2 => Add(word),
        4 => Mask(word),
        5 => MoveWide(word),
        6 => Bitfield(word),
        7 => Extract(word),
        _ => null,
    };

    private static Text Address(Word word, long offset)
    {
        long distance = (long)word.Signed(5, 19) << 2 | (uint)word.Field(29, 2);
        return word.Bit(31)
            ? Text.Of("adrp", word.RegisterD(true), Word.Target((offset & ~0xfffL) + (distance << 12)))
            : Text.Of("adr", word.RegisterD(true), Word.Target(offset + distance));
    }

    private static Text Add(Word word)
    {
        bool sets = word.Bit(29);
        bool subtracts = word.Bit(30);
        string n = Word.OrStack(word.N, word.Is64);
        string immediate = Word.Decimal(word.Field(10, 12)) + (word.Bit(22) ? ", lsl #12" : "");
        if (sets && word.D == Word.Zero)
        {
            return Text.Of(subtracts ? "cmp" : "cmn", n, immediate);
        }

        bool isMove = !sets && !subtracts && word.Field(10, 13) == 0 && (word.D == Word.Zero || word.N == Word.Zero);
        string d = sets ? word.RegisterD(word.Is64) : Word.OrStack(word.D, word.Is64);
        return isMove ? Text.Of("mov", d, n) : Text.Of((subtracts ? "sub" : "add") + (sets ? "s" : ""), d, n, immediate);
    }

    private static Text? Mask(Word word)
    {
        if (MaskOf(word) is not { } mask)
        {
            return null;
        }

        string operation = Logical[word.Field(29, 2)];
        string immediate = Word.Hexadecimal(mask);
        bool sets = operation == "ands";
        if (sets && word.D == Word.Zero)
        {
            return Text.Of("tst", word.RegisterN(word.Is64), immediate);
        }

        string d = sets ? word.RegisterD(word.Is64) : Word.OrStack(word.D, word.Is64);
        return operation == "orr" && word.N == Word.Zero && !IsMoveWide(mask, word.Is64)
            ? Text.Of("mov", d, Word.Decimal(word.Is64 ? (long)mask : (int)mask))
            : Text.Of(operation, d, word.RegisterN(word.Is64), immediate);
    }

    /// <summary>A run of ones, rotated, and repeated over the register.</summary>
    private static ulong? MaskOf(Word word)
    {
        int lengthBits = word.Field(22, 1) << 6 | (~word.Field(10, 6) & 0x3f);
        int log = 31 - BitOperations.LeadingZeroCount((uint)lengthBits);
        if (log < 1 || (!word.Is64 && word.Bit(22)))
        {
            return null;
        }

        int size = 1 << log;
        int ones = (word.Field(10, 6) & (size - 1)) + 1;
        int rotate = word.Field(16, 6) & (size - 1);
        if (ones == size)
        {
            return null;
        }

        ulong all = size == 64 ? ulong.MaxValue : (1UL << size) - 1;
        ulong run = (1UL << ones) - 1;
        ulong element = rotate == 0 ? run : (run >> rotate | run << (size - rotate)) & all;
        ulong mask = 0;
        for (int at = 0; at < (word.Is64 ? 64 : 32); at += size)
        {
            mask |= element << at;
        }

        return mask;
    }

    /// <summary>Then assemblers write <c>mov</c> for a wide move, not for this.</summary>
    private static bool IsMoveWide(ulong value, bool is64)
    {
        ulong all = is64 ? ulong.MaxValue : uint.MaxValue;
        for (int shift = 0; shift < (is64 ? 64 : 32); shift += 16)
        {
            if ((value & ~(0xffffUL << shift) & all) == 0 || (~value & ~(0xffffUL << shift) & all) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static Text? MoveWide(Word word)
    {
        int part = word.Field(21, 2);
        ulong immediate = (ulong)word.Field(5, 16);
        int shift = part * 16;
        if (word.Field(29, 2) == 1 || (!word.Is64 && part > 1))
        {
            return null;
        }

        string d = word.RegisterD(word.Is64);
        string shifted = Word.Decimal((long)immediate) + (part == 0 ? "" : $", lsl {Word.Decimal(shift)}");
        bool isEmptyPart = immediate == 0 && part != 0;
        ulong value = immediate << shift;
        return word.Field(29, 2) switch
        {
            0 when isEmptyPart || (!word.Is64 && immediate == 0xffff) => Text.Of("movn", d, shifted),
            0 => Text.Of("mov", d, Word.Decimal(word.Is64 ? (long)~value : (int)~value)),
            2 when isEmptyPart => Text.Of("movz", d, shifted),
            2 => Text.Of("mov", d, Word.Decimal(word.Is64 ? (long)value : (int)value)),
            _ => Text.Of("movk", d, shifted),
        };
    }

    private static Text? Bitfield(Word word)
    {
        int kind = word.Field(29, 2);
        int width = word.Is64 ? 64 : 32;
        int rotate = word.Field(16, 6);
        int last = word.Field(10, 6);
        if (kind == 3 || word.Bit(22) != word.Is64 || rotate >= width || last >= width)
        {
            return null;
        }

        string d = word.RegisterD(word.Is64);
        string n = word.RegisterN(word.Is64);
        string narrow = word.RegisterN(false);
        string from = Word.Decimal((width - rotate) % width);
        string extracted = Word.Decimal(last - rotate + 1);
        string inserted = Word.Decimal(last + 1);
        return kind switch
        {
            0 when last == width - 1 => Text.Of("asr", d, n, Word.Decimal(rotate)),
            0 when rotate == 0 && last is 7 or 15 => Text.Of(last == 7 ? "sxtb" : "sxth", d, narrow),
            0 when rotate == 0 && last == 31 => Text.Of("sxtw", d, narrow),
            0 => last < rotate ? Text.Of("sbfiz", d, n, from, inserted) : Text.Of("sbfx", d, n, Word.Decimal(rotate), extracted),
            1 when last < rotate => Text.Of("bfi", d, n, from, inserted),
            1 => Text.Of("bfxil", d, n, Word.Decimal(rotate), extracted),
            _ when last == width - 1 => Text.Of("lsr", d, n, Word.Decimal(rotate)),
            _ when last + 1 == rotate => Text.Of("lsl", d, n, Word.Decimal(width - rotate)),
            _ when rotate == 0 && !word.Is64 && last is 7 or 15 => Text.Of(last == 7 ? "uxtb" : "uxth", d, narrow),
            _ => last < rotate ? Text.Of("ubfiz", d, n, from, inserted) : Text.Of("ubfx", d, n, Word.Decimal(rotate), extracted),
        };
    }

    private static Text? Extract(Word word)
    {
        int amount = word.Field(10, 6);
        if (word.Field(29, 2) != 0 || word.Bit(21) || word.Bit(22) != word.Is64 || (!word.Is64 && amount > 31))
        {
            return null;
        }

        string d = word.RegisterD(word.Is64);
        string n = word.RegisterN(word.Is64);
        return word.N == word.M
            ? Text.Of("ror", d, n, Word.Decimal(amount))
            : Text.Of("extr", d, n, word.RegisterM(word.Is64), Word.Decimal(amount));
    }
}
