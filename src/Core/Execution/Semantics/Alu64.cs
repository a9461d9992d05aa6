using System.Runtime.CompilerServices;

namespace Skep.Execution.Semantics;

/// <summary>
/// 64-bit arithmetic (RFC 9669, section 4.1). An immediate operand is sign-extended by the caller before the call.
/// Nothing overflows into an exception: results wrap.
/// </summary>
public static class Alu64
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong destination, ulong source) => unchecked(destination + source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong destination, ulong source) => unchecked(destination - source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(ulong destination, ulong source) => unchecked(destination * source);

    /// <summary>0 when the divisor is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide(ulong destination, ulong source) => source == 0 ? 0 : destination / source;

    /// <summary>Rounds toward zero; 0 when the divisor is 0; the least number divided by -1 is itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SignedDivide(ulong destination, ulong source) =>
        source == ulong.MaxValue ? Negate(destination) : source == 0 ? 0 : (ulong)((long)destination / (long)source);

    /// <summary>The dividend when the divisor is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Modulo(ulong destination, ulong source) => source == 0 ? destination : destination % source;

    /// <summary>Has the sign of the dividend; the dividend when the divisor is 0; 0 when the divisor is -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SignedModulo(ulong destination, ulong source) =>
        source == ulong.MaxValue ? 0 : source == 0 ? destination : (ulong)((long)destination % (long)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ulong destination, ulong source) => destination | source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ulong destination, ulong source) => destination & source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ExclusiveOr(ulong destination, ulong source) => destination ^ source;

    /// <summary>The count is the low 6 bits of the source, here and in the other shifts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftLeft(ulong destination, ulong source) => destination << (int)(source & 63);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRight(ulong destination, ulong source) => destination >> (int)(source & 63);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRightArithmetic(ulong destination, ulong source) => (ulong)((long)destination >> (int)(source & 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Negate(ulong destination) => unchecked(0 - destination);

    /// <summary>Sign-extends the low 8 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MoveSigned8(ulong source) => (ulong)(sbyte)source;

    /// <summary>Sign-extends the low 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MoveSigned16(ulong source) => (ulong)(short)source;

    /// <summary>Sign-extends the low 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MoveSigned32(ulong source) => (ulong)(int)source;
}
