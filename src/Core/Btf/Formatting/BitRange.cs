namespace Skep.Btf.Formatting;

/// <summary>Little-endian bit ranges of up to 128 bits.</summary>
internal static class BitRange
{
    /// <param name="value">Covers the range.</param>
    /// <param name="offset">From the lowest bit of the first byte.</param>
    public static UInt128 Read(ReadOnlySpan<byte> value, uint offset, int count)
    {
        UInt128 result = 0;
        int read = 0;
        while (read < count)
        {
            uint position = offset + (uint)read;
            int shift = (int)(position % 8);
            int take = Math.Min(8 - shift, count - read);
            uint bits = ((uint)value[(int)(position / 8)] >> shift) & ((1u << take) - 1);
            result |= (UInt128)bits << read;
            read += take;
        }

        return result;
    }

    public static Int128 SignExtend(UInt128 value, int bits)
        => bits is 0 or >= 128 ? (Int128)value : (Int128)(value << (128 - bits)) >> (128 - bits);
}
