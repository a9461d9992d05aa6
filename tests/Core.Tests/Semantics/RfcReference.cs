using System.Numerics;
using Skep.Isa;

namespace Skep.Core.Tests.Semantics;

/// <summary>
/// RFC 9669 a second time, on unbounded integers and from the bits of the encoding, so that neither the functions nor
/// the table that selects them are trusted.
/// </summary>
internal static class RfcReference
{
    internal static readonly ulong[] Edges =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff,
        0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xffff_ffff_8000_0000,
        0xffff_ffff_0000_0000, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
        0x5555_5555_5555_5555, 0xaaaa_aaaa_aaaa_aaaa, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210,
    ];

    internal static ulong Alu(RawInstruction raw, ulong destination, ulong source)
    {
        bool is64 = (raw.Opcode & 7) == 7;
        int code = raw.Opcode >> 4;
        if (code == 0xd)
        {
            return Swap(raw, destination);
        }

        int bits = is64 ? 64 : 32;
        BigInteger left = Unsigned(destination, bits);
        BigInteger right = (raw.Opcode & 8) != 0 ? Unsigned(source, bits) : Unsigned(raw.Immediate, bits);
        BigInteger signedLeft = Signed(left, bits);
        BigInteger signedRight = Signed(right, bits);
        int count = (int)(right % bits);
        BigInteger result = (code, (int)raw.Offset) switch
        {
            (0x0, 0) => left + right,
            (0x1, 0) => left - right,
            (0x2, 0) => left * right,
            (0x3, 0) => right.IsZero ? 0 : left / right,
            (0x3, 1) => right.IsZero ? 0 : BigInteger.Divide(signedLeft, signedRight),
            (0x4, 0) => left | right,
            (0x5, 0) => left & right,
            (0x6, 0) => left * BigInteger.Pow(2, count),
            (0x7, 0) => left / BigInteger.Pow(2, count),
            (0x8, 0) => -left,
            (0x9, 0) => right.IsZero ? left : left % right,
            (0x9, 1) => right.IsZero ? left : BigInteger.Remainder(signedLeft, signedRight),
            (0xa, 0) => left ^ right,
            (0xb, 0) => right,
            (0xb, int width) => Signed(Unsigned(source, width), width),
            (0xc, 0) => Floor(signedLeft, BigInteger.Pow(2, count)),
            _ => throw new InvalidOperationException($"no arithmetic: {raw.Bits:x}"),
        };
        return (ulong)Unsigned(result, bits);
    }

    internal static bool IsTaken(RawInstruction raw, ulong destination, ulong source)
    {
        int bits = (raw.Opcode & 7) == 5 ? 64 : 32;
        BigInteger left = Unsigned(destination, bits);
        BigInteger right = (raw.Opcode & 8) != 0 ? Unsigned(source, bits) : Unsigned(raw.Immediate, bits);
        int order = left.CompareTo(right);
        int signedOrder = Signed(left, bits).CompareTo(Signed(right, bits));
        return (raw.Opcode >> 4) switch
        {
            0x1 => order == 0,
            0x2 => order > 0,
            0x3 => order >= 0,
            0x4 => !(left & right).IsZero,
            0x5 => order != 0,
            0x6 => signedOrder > 0,
            0x7 => signedOrder >= 0,
            0xa => order < 0,
            0xb => order <= 0,
            0xc => signedOrder < 0,
            0xd => signedOrder <= 0,
            _ => throw new InvalidOperationException($"no condition: {raw.Bits:x}"),
        };
    }

    private static ulong Swap(RawInstruction raw, ulong value)
    {
        byte[] bytes = [.. Enumerable.Range(0, raw.Immediate / 8).Select(i => (byte)(value >> 8 * i))];
        bool swaps = (raw.Opcode & 7) == 7 || (raw.Opcode & 8) != 0;
        return (ulong)new BigInteger(swaps ? [.. bytes.Reverse()] : bytes, isUnsigned: true);
    }

    private static BigInteger Unsigned(BigInteger value, int bits)
    {
        BigInteger modulus = BigInteger.Pow(2, bits);
        return ((value % modulus) + modulus) % modulus;
    }

    private static BigInteger Signed(BigInteger value, int bits) =>
        value >= BigInteger.Pow(2, bits - 1) ? value - BigInteger.Pow(2, bits) : value;

    private static BigInteger Floor(BigInteger value, BigInteger divisor) =>
        (value - Unsigned(value, (int)divisor.GetBitLength() - 1)) / divisor;
}
