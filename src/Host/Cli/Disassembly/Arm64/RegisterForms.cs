namespace Skep.Cli.Disassembly.Arm64;

/// <summary>Data processing with registers (C4.1.95).</summary>
internal static class RegisterForms
{
    private static readonly string[] Shifts = ["lsl", "lsr", "asr", "ror"];
    private static readonly string[] Extensions = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];
    private static readonly string[] Logical = ["and", "bic", "orr", "orn", "eor", "eon", "ands", "bics"];
    private static readonly string?[] OneSource = ["rbit", "rev16", "rev32", "rev", "clz", "cls"];
    private static readonly string?[] TwoSource = [null, null, "udiv", "sdiv", null, null, null, null, "lsl", "lsr", "asr", "ror"];
    private static readonly string[] Select = ["csel", "csinc", "csinv", "csneg"];

    public static Text? Decode(Word word)
    {
        if (!word.Bit(28))
        {
            return !word.Bit(24) ? LogicalShifted(word) : word.Bit(21) ? AddExtended(word) : AddShifted(word);
        }

        return word.Field(21, 4) switch
        {
            0 when word.Field(10, 6) == 0 => WithCarry(word),
            2 => CompareConditionally(word),
            4 => SelectConditionally(word),
            6 => word.Bit(29) ? null : word.Bit(30) ? FromOne(word) : FromTwo(word),
            >= 8 => FromThree(word),
            _ => null,
        };
    }

    private static Text? LogicalShifted(Word word)
    {
        int amount = word.Field(10, 6);
        if (!word.Is64 && amount > 31)
        {
            return null;
        }

        string operation = Logical[word.Field(29, 2) * 2 + word.Field(21, 1)];
        string d = word.RegisterD(word.Is64);
        string n = word.RegisterN(word.Is64);
        string m = word.RegisterM(word.Is64) + Shift(word, amount);
        bool isMove = operation == "orr" && word.N == Word.Zero && amount == 0 && word.Field(22, 2) == 0;
        return isMove ? Text.Of("mov", d, m)
            : operation == "orn" && word.N == Word.Zero ? Text.Of("mvn", d, m)
            : operation == "ands" && word.D == Word.Zero ? Text.Of("tst", n, m)
            : Text.Of(operation, d, n, m);
    }

    private static string Shift(Word word, int amount)
        => amount == 0 && word.Field(22, 2) == 0 ? "" : $", {Shifts[word.Field(22, 2)]} {Word.Decimal(amount)}";

    private static Text? AddShifted(Word word)
    {
        int amount = word.Field(10, 6);
        if (word.Field(22, 2) == 3 || (!word.Is64 && amount > 31))
        {
            return null;
        }

        bool sets = word.Bit(29);
        bool subtracts = word.Bit(30);
        string d = word.RegisterD(word.Is64);
        string n = word.RegisterN(word.Is64);
        string m = word.RegisterM(word.Is64) + Shift(word, amount);
        return sets && word.D == Word.Zero ? Text.Of(subtracts ? "cmp" : "cmn", n, m)
            : subtracts && word.N == Word.Zero ? Text.Of(sets ? "negs" : "neg", d, m)
            : Text.Of((subtracts ? "sub" : "add") + (sets ? "s" : ""), d, n, m);
    }

    private static Text? AddExtended(Word word)
    {
        int amount = word.Field(10, 3);
        if (word.Field(22, 2) != 0 || amount > 4)
        {
            return null;
        }

        bool sets = word.Bit(29);
        bool subtracts = word.Bit(30);
        int extension = word.Field(13, 3);
        string d = sets ? word.RegisterD(word.Is64) : Word.OrStack(word.D, word.Is64);
        string n = Word.OrStack(word.N, word.Is64);
        bool isPlain = extension == (word.Is64 ? 3 : 2) && (word.N == Word.Zero || (!sets && word.D == Word.Zero));
        string how = isPlain ? (amount == 0 ? "" : $", lsl {Word.Decimal(amount)}") : $", {Extensions[extension]}{(amount == 0 ? "" : " " + Word.Decimal(amount))}";
        string m = word.RegisterM(word.Is64 && (extension & 3) == 3) + how;
        return sets && word.D == Word.Zero ? Text.Of(subtracts ? "cmp" : "cmn", n, m) : Text.Of((subtracts ? "sub" : "add") + (sets ? "s" : ""), d, n, m);
    }

    private static Text WithCarry(Word word)
    {
        string suffix = word.Bit(29) ? "s" : "";
        string d = word.RegisterD(word.Is64);
        string m = word.RegisterM(word.Is64);
        return word.Bit(30) && word.N == Word.Zero
            ? Text.Of("ngc" + suffix, d, m)
            : Text.Of((word.Bit(30) ? "sbc" : "adc") + suffix, d, word.RegisterN(word.Is64), m);
    }

    private static Text? CompareConditionally(Word word)
        => !word.Bit(29) || word.Bit(10) || word.Bit(4)
            ? null
            : Text.Of(
                word.Bit(30) ? "ccmp" : "ccmn",
                word.RegisterN(word.Is64),
                word.Bit(11) ? Word.Decimal(word.M) : word.RegisterM(word.Is64),
                Word.Decimal(word.Field(0, 4)),
                Conditions.Names[word.Field(12, 4)]);

    private static Text? SelectConditionally(Word word)
    {
        if (word.Bit(29) || word.Bit(11))
        {
            return null;
        }

        string operation = Select[word.Field(30, 1) * 2 + word.Field(10, 1)];
        int condition = word.Field(12, 4);
        string d = word.RegisterD(word.Is64);
        string n = word.RegisterN(word.Is64);
        string inverse = Conditions.Inverse(condition);
        bool isOne = word.N == word.M && operation != "csel" && condition < 14;
        return isOne && word.N == Word.Zero && operation is "csinc" or "csinv" ? Text.Of(operation == "csinc" ? "cset" : "csetm", d, inverse)
            : isOne ? Text.Of(operation switch { "csinc" => "cinc", "csinv" => "cinv", _ => "cneg" }, d, n, inverse)
            : Text.Of(operation, d, n, word.RegisterM(word.Is64), Conditions.Names[condition]);
    }

    private static Text? FromOne(Word word)
    {
        int operation = word.Field(10, 6);
        if (word.M != 0 || operation >= OneSource.Length || (!word.Is64 && operation == 3))
        {
            return null;
        }

        string name = !word.Is64 && operation == 2 ? "rev" : OneSource[operation]!;
        return Text.Of(name, word.RegisterD(word.Is64), word.RegisterN(word.Is64));
    }

    private static Text? FromTwo(Word word)
    {
        int operation = word.Field(10, 6);
        return operation < TwoSource.Length && TwoSource[operation] is { } name
            ? Text.Of(name, word.RegisterD(word.Is64), word.RegisterN(word.Is64), word.RegisterM(word.Is64))
            : null;
    }

    private static Text? FromThree(Word word)
    {
        if (word.Field(29, 2) != 0)
        {
            return null;
        }

        bool subtracts = word.Bit(15);
        string d = word.RegisterD(word.Is64);
        switch (word.Field(21, 3))
        {
            case 0:
                string n = word.RegisterN(word.Is64);
                string m = word.RegisterM(word.Is64);
                return word.A == Word.Zero ? Text.Of(subtracts ? "mneg" : "mul", d, n, m) : Text.Of(subtracts ? "msub" : "madd", d, n, m, word.RegisterA(word.Is64));
            case 1 or 5 when word.Is64:
                string kind = word.Bit(23) ? "u" : "s";
                return word.A == Word.Zero
                    ? Text.Of(kind + (subtracts ? "mnegl" : "mull"), d, word.RegisterN(false), word.RegisterM(false))
                    : Text.Of(kind + (subtracts ? "msubl" : "maddl"), d, word.RegisterN(false), word.RegisterM(false), word.RegisterA(true));
            case 2 or 6 when word.Is64 && !subtracts && word.A == Word.Zero:
                return Text.Of(word.Bit(23) ? "umulh" : "smulh", d, word.RegisterN(true), word.RegisterM(true));
            default:
                return null;
        }
    }
}
