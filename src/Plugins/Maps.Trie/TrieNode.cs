using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skep.Maps;

/// <summary>The head of a node; the key's data follows, and then, 8-byte aligned, the value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TrieNode
{
    public TrieNode* Zero;
    public TrieNode* One;

    /// <summary>In bits.</summary>
    public uint PrefixLength;

    /// <summary>Not 0 for a fork that is no entry.</summary>
    public uint IsFork;

    public byte* Data => (byte*)Unsafe.AsPointer(ref this) + sizeof(TrieNode);

    /// <summary>The link to the subtree of keys whose bit behind the prefix is so.</summary>
    public TrieNode** Child(bool bit) => (TrieNode**)Unsafe.AsPointer(ref this) + (bit ? 1 : 0);

    /// <summary>The bit at an index, the most significant of the first byte being 0.</summary>
    public static bool Bit(byte* data, uint index) => (data[index / 8] >> (int)(7 - (index % 8)) & 1) != 0;

    /// <summary>How many bits two keys have in common from the start, at most <paramref name="limit"/>.</summary>
    public static uint Common(byte* left, byte* right, uint limit)
    {
        uint bits = 0;
        for (; bits + 64 <= limit; bits += 64)
        {
            ulong difference = Unsafe.ReadUnaligned<ulong>(left + (bits / 8)) ^ Unsafe.ReadUnaligned<ulong>(right + (bits / 8));
            if (difference != 0)
            {
                return bits + (uint)BitOperations.LeadingZeroCount(BinaryPrimitives.ReverseEndianness(difference));
            }
        }

        for (; bits < limit; bits += 8)
        {
            int difference = left[bits / 8] ^ right[bits / 8];
            if (difference != 0)
            {
                return Math.Min(limit, bits + (uint)BitOperations.LeadingZeroCount((uint)difference) - 24);
            }
        }

        return limit;
    }
}
