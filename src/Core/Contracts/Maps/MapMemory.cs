using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skep.Contracts;

/// <summary>Native memory of a map: zeroed, aligned to cache lines, owned by whoever made it until <see cref="Free"/>.</summary>
public unsafe struct MapMemory
{
    /// <summary>Of <see cref="Address"/>, in bytes: a cache line, so that maps do not slow each other down.</summary>
    public const uint Alignment = 64;

    private void* _block;

    /// <exception cref="OutOfMemoryException">The system has no <paramref name="bytes"/> to give.</exception>
    public MapMemory(ulong bytes)
    {
        // Not AlignedAlloc and Clear: zeroed memory comes untouched from the system, so that a large map costs what is used of it.
        _block = bytes <= long.MaxValue - Alignment
            ? NativeMemory.AllocZeroed((nuint)(bytes + Alignment - 1))
            : throw new OutOfMemoryException($"a map of {bytes} bytes is beyond any address space");
        Address = (byte*)(((nuint)_block + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = bytes;
    }

    public byte* Address { get; private set; }

    /// <summary>In bytes.</summary>
    public ulong Length { get; private set; }

    /// <summary>Gives the memory back; may be called again.</summary>
    public void Free()
    {
        NativeMemory.Free(_block);
        this = default;
    }

    /// <summary>What <paramref name="size"/> bytes take when each entry starts at a multiple of 8.</summary>
    public static ulong RoundUp8(ulong size) => (size + 7) & ~7UL;

    /// <summary>
    /// Copies a value by whole 8-byte words, so that no aligned word of it is ever seen half written where both are 8-byte aligned
    /// (what <c>bpf_long_memcpy</c> is for). The areas do not overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyValue(byte* destination, byte* source, uint size)
    {
        uint offset = 0;
        for (; offset + sizeof(ulong) <= size; offset += sizeof(ulong))
        {
            Unsafe.WriteUnaligned(destination + offset, Unsafe.ReadUnaligned<ulong>(source + offset));
        }

        if ((size & 4) != 0)
        {
            Unsafe.WriteUnaligned(destination + offset, Unsafe.ReadUnaligned<uint>(source + offset));
            offset += 4;
        }

        if ((size & 2) != 0)
        {
            Unsafe.WriteUnaligned(destination + offset, Unsafe.ReadUnaligned<ushort>(source + offset));
            offset += 2;
        }

        if ((size & 1) != 0)
        {
            destination[offset] = source[offset];
        }
    }
}
