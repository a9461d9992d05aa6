using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using Skep.Contracts;

namespace Skep.Jit.Cil.Emission;

/// <summary>Packet access of classic BPF (RFC 9669, section 5.5): a number from network order, or -1 where the packet has no such bytes.</summary>
internal static unsafe class PacketLoads
{
    private static readonly MethodInfo Method8 = typeof(PacketLoads).GetMethod(nameof(Load8))!;
    private static readonly MethodInfo Method16 = typeof(PacketLoads).GetMethod(nameof(Load16))!;
    private static readonly MethodInfo Method32 = typeof(PacketLoads).GetMethod(nameof(Load32))!;

    public static MethodInfo Of(int bits) => bits switch
    {
        8 => Method8,
        16 => Method16,
        _ => Method32,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Load8(Invocation* invocation, int offset) => Find(invocation, offset, 1) is var address && address is null ? -1 : *address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Load16(Invocation* invocation, int offset)
        => Find(invocation, offset, 2) is var address && address is null ? -1 : BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Load32(Invocation* invocation, int offset)
        => Find(invocation, offset, 4) is var address && address is null ? -1 : BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Find(Invocation* invocation, int offset, int size)
    {
        MemoryRegion packet = invocation->Packet;
        bool isInside = offset >= 0 && (packet.Access & MemoryAccess.Read) != 0
            && (nuint)offset <= packet.Length && (nuint)size <= packet.Length - (nuint)offset;
        return isInside ? (byte*)packet.Address + offset : null;
    }
}
