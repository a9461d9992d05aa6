using System.Buffers.Binary;
using System.Reflection;

namespace Skep.Jit.Cil.Emission;

/// <summary>What reverses bytes; the .NET JIT knows each as one instruction.</summary>
internal static class Swaps
{
    private static readonly MethodInfo Swap16 = ((Func<ushort, ushort>)BinaryPrimitives.ReverseEndianness).Method;
    private static readonly MethodInfo Swap32 = ((Func<uint, uint>)BinaryPrimitives.ReverseEndianness).Method;
    private static readonly MethodInfo Swap64 = ((Func<ulong, ulong>)BinaryPrimitives.ReverseEndianness).Method;

    public static MethodInfo Of(int bits) => bits switch
    {
        16 => Swap16,
        32 => Swap32,
        _ => Swap64,
    };
}
