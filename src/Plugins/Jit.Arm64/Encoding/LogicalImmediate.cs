using System.Numerics;

namespace Skep.Jit.Arm64.Encoding;

/// <summary>
/// A mask that bitwise instructions can carry: an element of 2, 4, 8, 16, 32 or 64 bits, which is a run of ones rotated, repeated over the register (Arm Architecture Reference
/// Manual, <c>DecodeBitMasks</c>). Zero and all ones are none.
/// </summary>
/// <param name="Fields">N, immr and imms: 13 bits as they lie in the instruction.</param>
internal readonly record struct LogicalImmediate(ushort Fields)
{
    internal static bool TryEncode(ulong value, bool is64, out LogicalImmediate immediate)
    {
        immediate = default;
        value = is64 ? value : (uint)value | value << 32;
        if (value is 0 or ulong.MaxValue)
        {
            return false;
        }

        int size = ElementSize(value);
        ulong element = size == 64 ? value : value & ((1UL << size) - 1);

        // Rotated until the run of ones starts at bit 0. A run that goes over the end is one too: its complement is then a run within.
        bool wraps = (element & 1) != 0 && (element >> (size - 1) & 1) != 0;
        ulong mask = size == 64 ? ulong.MaxValue : (1UL << size) - 1;
        ulong run = wraps ? ~element & mask : element;
        int start = BitOperations.TrailingZeroCount(run);
        int length = BitOperations.PopCount(run);
        ulong ones = length == 64 ? ulong.MaxValue : (1UL << length) - 1;
        if (run >> start != ones)
        {
            return false;
        }

        if (wraps)
        {
            start += length;
            length = size - length;
        }

        int rotation = (size - start) & (size - 1);
        int sizeBits = size == 64 ? 0 : ~(2 * size - 1) & 0x3f;
        immediate = new LogicalImmediate((ushort)((size == 64 ? 1 << 12 : 0) | rotation << 6 | sizeBits | (length - 1)));
        return true;
    }

    /// <summary>The shortest period of the bits.</summary>
    private static int ElementSize(ulong value)
    {
        int size = 64;
        while (size > 2 && BitOperations.RotateRight(value, size / 2) == value)
        {
            size /= 2;
        }

        return size;
    }
}
