using System.Globalization;

namespace Skep.Cli.Disassembly.Arm64;

/// <summary>An instruction word of A64 and its fields, as the Arm Architecture Reference Manual (DDI 0487, C4) draws them.</summary>
internal readonly struct Word(uint value)
{
    public const int Zero = 31;

    public uint Value { get; } = value;

    /// <summary>64-bit operands, by bit 31.</summary>
    public bool Is64 => Bit(31);

    public int D => Field(0, 5);

    public int N => Field(5, 5);

    public int A => Field(10, 5);

    public int M => Field(16, 5);

    public bool Bit(int at) => (Value >> at & 1) != 0;

    public int Field(int low, int bits) => (int)(Value >> low & ((1U << bits) - 1));

    public int Signed(int low, int bits) => (int)(Value << (32 - low - bits)) >> (32 - bits);

    /// <summary>Whether the bits under <paramref name="mask"/> are those of <paramref name="pattern"/>.</summary>
    public bool Is(uint mask, uint pattern) => (Value & mask) == pattern;

    /// <summary>A register as most operands have it: 31 is the zero register.</summary>
    public static string Register(int number, bool is64) => number == Zero ? (is64 ? "xzr" : "wzr") : Name(is64 ? 'x' : 'w', number);

    /// <summary>A register as addresses and some arithmetic have it: 31 is the stack pointer.</summary>
    public static string OrStack(int number, bool is64) => number == Zero ? (is64 ? "sp" : "wsp") : Name(is64 ? 'x' : 'w', number);

    public static string Decimal(long number) => string.Create(CultureInfo.InvariantCulture, $"#{number}");

    public static string Hexadecimal(ulong number) => string.Create(CultureInfo.InvariantCulture, $"#0x{number:x}");

    /// <summary>A place in the code.</summary>
    public static string Target(long offset) => offset < 0
        ? string.Create(CultureInfo.InvariantCulture, $"-0x{-offset:x}") : string.Create(CultureInfo.InvariantCulture, $"0x{offset:x}");

    public string RegisterD(bool is64) => Register(D, is64);

    public string RegisterN(bool is64) => Register(N, is64);

    public string RegisterM(bool is64) => Register(M, is64);

    public string RegisterA(bool is64) => Register(A, is64);

    private static string Name(char kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");
}

/// <summary>What an instruction is called and works on; null from a decoder for a word that it does not know.</summary>
internal sealed record Text(string Operation, string Operands = "")
{
    public static Text Of(string operation, params string[] operands) => new(operation, string.Join(", ", operands));
}

/// <summary>Conditions by their numbers.</summary>
internal static class Conditions
{
    public static readonly string[] Names = ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"];

    public static string Inverse(int condition) => Names[condition ^ 1];
}
