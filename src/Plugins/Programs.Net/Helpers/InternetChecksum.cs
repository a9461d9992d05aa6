using System.Runtime.InteropServices;

namespace Skep.ProgramTypes.Helpers;

/// <summary>Arithmetic in ones' complement (RFC 1071), with the kernel's names and widths (include/net/checksum.h): sums of 32 bits in the packet's byte order.</summary>
internal static class InternetChecksum
{
    public static uint Add(uint sum, uint addend)
    {
        uint result = sum + addend;
        return result + (result < addend ? 1u : 0);
    }

    public static uint Subtract(uint sum, uint subtrahend) => Add(sum, ~subtrahend);

    /// <summary>csum_fold: the complement of the sum's 16 bits.</summary>
    public static ushort Fold(uint sum) => (ushort)~To16(sum);

    /// <summary>csum_from32to16</summary>
    public static ushort To16(uint sum)
    {
        sum = (sum >> 16) + (sum & 0xffff);
        return (ushort)(sum + (sum >> 16));
    }

    /// <summary>csum_partial, up to the choice among equal sums: 16-bit words as they lie in memory, an odd byte as if a 0 followed.</summary>
    public static uint Partial(ReadOnlySpan<byte> data, uint sum)
    {
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(data))
        {
            sum = Add(sum, word);
        }

        return data.Length % 2 == 0 ? sum : Add(sum, data[^1]);
    }

    /// <summary>csum_replace2</summary>
    public static ushort Replace2(ushort checksum, ushort old, ushort value) => (ushort)~Add16(Add16((ushort)~checksum, (ushort)~old), value);

    /// <summary>csum_replace4</summary>
    public static ushort Replace4(ushort checksum, uint old, uint value) => Fold(Add(Subtract((ushort)~checksum, old), value));

    /// <summary>csum_replace_by_diff</summary>
    public static ushort ReplaceByDifference(ushort checksum, uint difference) => Fold(Add(difference, ~(uint)checksum));

    private static ushort Add16(ushort sum, ushort addend)
    {
        ushort result = (ushort)(sum + addend);
        return (ushort)(result + (result < addend ? 1 : 0));
    }
}
