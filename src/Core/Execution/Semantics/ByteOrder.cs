using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Skep.Execution.Semantics;

/// <summary>
/// Byte order (RFC 9669, section 4.2) for little-endian programs. Results of 16 and 32 bits are zero-extended: the bits
/// above them do not survive, also where no byte moves.
/// </summary>
public static class ByteOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToLittleEndian16(ulong value) => (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToLittleEndian32(ulong value) => (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToLittleEndian64(ulong value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToBigEndian16(ulong value) => Swap16(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToBigEndian32(ulong value) => Swap32(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToBigEndian64(ulong value) => Swap64(value);

    /// <summary>Regardless of the byte order of host and program, as the other two swaps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Swap16(ulong value) => BinaryPrimitives.ReverseEndianness((ushort)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Swap32(ulong value) => BinaryPrimitives.ReverseEndianness((uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Swap64(ulong value) => BinaryPrimitives.ReverseEndianness(value);
}
