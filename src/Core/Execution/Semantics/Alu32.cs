using System.Runtime.CompilerServices;

namespace Skep.Execution.Semantics;

/// <summary>
/// 32-bit arithmetic (RFC 9669, section 4.1): operands are the low halves of what is given, and the upper half of every
/// result is zero, also where division leaves the dividend. Nothing overflows into an exception: results wrap.
/// </summary>
public static class Alu32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong destination, ulong source) => unchecked((uint)destination + (uint)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong destination, ulong source) => unchecked((uint)destination - (uint)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(ulong destination, ulong source) => unchecked((uint)destination * (uint)source);

    /// <summary>0 when the divisor is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide(ulong destination, ulong source) => (uint)source == 0 ? 0 : (uint)destination / (uint)source;

    /// <summary>Rounds toward zero; 0 when the divisor is 0; the least number divided by -1 is itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SignedDivide(ulong destination, ulong source) =>
        (int)source == -1 ? Negate(destination) : (uint)source == 0 ? 0 : (uint)((int)destination / (int)source);

    /// <summary>The dividend when the divisor is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Modulo(ulong destination, ulong source) =>
        (uint)source == 0 ? (uint)destination : (uint)destination % (uint)source;

    /// <summary>Has the sign of the dividend; the dividend when the divisor is 0; 0 when the divisor is -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SignedModulo(ulong destination, ulong source) =>
        (int)source == -1 ? 0 : (uint)source == 0 ? (uint)destination : (uint)((int)destination % (int)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ulong destination, ulong source) => (uint)(destination | source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ulong destination, ulong source) => (uint)(destination & source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ExclusiveOr(ulong destination, ulong source) => (uint)(destination ^ source);

    /// <summary>The count is the low 5 bits of the source, here and in the other shifts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftLeft(ulong destination, ulong source) => (uint)destination << (int)(source & 31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRight(ulong destination, ulong source) => (uint)destination >> (int)(source & 31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRightArithmetic(ulong destination, ulong source) => (uint)((int)destination >> (int)(source & 31));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Negate(ulong destination) => unchecked(0 - (uint)destination);

    /// <summary>Zero-extends the low half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Move(ulong source) => (uint)source;

    /// <summary>Sign-extends the low 8 bits to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MoveSigned8(ulong source) => (uint)(sbyte)source;

    /// <summary>Sign-extends the low 16 bits to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MoveSigned16(ulong source) => (uint)(short)source;
}
