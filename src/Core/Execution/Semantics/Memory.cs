using System.Runtime.CompilerServices;

namespace Skep.Execution.Semantics;

/// <summary>
/// Plain loads and stores (RFC 9669, sections 5.1 and 5.2) on a little-endian host. Any alignment; the caller answers for
/// the address. Loads zero-extend to 64 bits, the signed ones sign-extend; stores write the low bits of the value.
/// </summary>
public static unsafe class Memory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load8(byte* address) => *address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load16(byte* address) => Unsafe.ReadUnaligned<ushort>(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load32(byte* address) => Unsafe.ReadUnaligned<uint>(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load64(byte* address) => Unsafe.ReadUnaligned<ulong>(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadSigned8(byte* address) => (ulong)(sbyte)*address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadSigned16(byte* address) => (ulong)Unsafe.ReadUnaligned<short>(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadSigned32(byte* address) => (ulong)Unsafe.ReadUnaligned<int>(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store8(byte* address, ulong value) => *address = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store16(byte* address, ulong value) => Unsafe.WriteUnaligned(address, (ushort)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store32(byte* address, ulong value) => Unsafe.WriteUnaligned(address, (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store64(byte* address, ulong value) => Unsafe.WriteUnaligned(address, value);
}
