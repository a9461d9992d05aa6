using System.Runtime.CompilerServices;

namespace Skep.Execution.Semantics;

/// <summary>
/// The conditions of jumps (RFC 9669, section 4.3), unsigned unless the name says otherwise. The 32-bit ones look at the
/// low halves only. An immediate operand is sign-extended by the caller.
/// </summary>
public static class Jump
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal64(ulong destination, ulong source) => destination == source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GreaterThan64(ulong destination, ulong source) => destination > source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GreaterOrEqual64(ulong destination, ulong source) => destination >= source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitSet64(ulong destination, ulong source) => (destination & source) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NotEqual64(ulong destination, ulong source) => destination != source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedGreaterThan64(ulong destination, ulong source) => (long)destination > (long)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedGreaterOrEqual64(ulong destination, ulong source) => (long)destination >= (long)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LessThan64(ulong destination, ulong source) => destination < source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LessOrEqual64(ulong destination, ulong source) => destination <= source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLessThan64(ulong destination, ulong source) => (long)destination < (long)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLessOrEqual64(ulong destination, ulong source) => (long)destination <= (long)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal32(ulong destination, ulong source) => (uint)destination == (uint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GreaterThan32(ulong destination, ulong source) => (uint)destination > (uint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool GreaterOrEqual32(ulong destination, ulong source) => (uint)destination >= (uint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyBitSet32(ulong destination, ulong source) => ((uint)destination & (uint)source) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NotEqual32(ulong destination, ulong source) => (uint)destination != (uint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedGreaterThan32(ulong destination, ulong source) => (int)destination > (int)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedGreaterOrEqual32(ulong destination, ulong source) => (int)destination >= (int)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LessThan32(ulong destination, ulong source) => (uint)destination < (uint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LessOrEqual32(ulong destination, ulong source) => (uint)destination <= (uint)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLessThan32(ulong destination, ulong source) => (int)destination < (int)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SignedLessOrEqual32(ulong destination, ulong source) => (int)destination <= (int)source;
}
