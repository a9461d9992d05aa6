using System.Runtime.CompilerServices;

namespace Skep.Execution.Semantics;

/// <summary>
/// Atomic memory operations (RFC 9669, section 5.3; acquire and release as in Linux), one indivisible step for every
/// processor. All are sequentially consistent, but for load-acquire and store-release, which order only what their names
/// say. The fetching ones give the value before, zero-extended; the operations that do not fetch are the same with the result dropped.
/// The address must be a multiple of the size: what happens otherwise is the processor's choice (slow on x86-64, a fault
/// or a torn access on arm64), and the caller answers for it.
/// </summary>
public static unsafe class Atomic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchAdd32(byte* address, ulong value) => unchecked(Interlocked.Add(ref *(uint*)address, (uint)value) - (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchOr32(byte* address, ulong value) => Interlocked.Or(ref *(uint*)address, (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchAnd32(byte* address, ulong value) => Interlocked.And(ref *(uint*)address, (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchExclusiveOr32(byte* address, ulong value) => ExchangeExclusiveOr(ref *(uint*)address, (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange32(byte* address, ulong value) => Interlocked.Exchange(ref *(uint*)address, (uint)value);

    /// <summary>Stores the value if what is there equals the expected one; gives what was there either way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange32(byte* address, ulong expected, ulong value) =>
        CompareExchange(ref *(uint*)address, (uint)expected, (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchAdd64(byte* address, ulong value) => unchecked(Interlocked.Add(ref *(ulong*)address, value) - value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchOr64(byte* address, ulong value) => Interlocked.Or(ref *(ulong*)address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchAnd64(byte* address, ulong value) => Interlocked.And(ref *(ulong*)address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FetchExclusiveOr64(byte* address, ulong value) => ExchangeExclusiveOr(ref *(ulong*)address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange64(byte* address, ulong value) => Interlocked.Exchange(ref *(ulong*)address, value);

    /// <summary>Stores the value if what is there equals the expected one; gives what was there either way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange64(byte* address, ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref *(ulong*)address, value, expected);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadAcquire8(byte* address) => Volatile.Read(ref *(byte*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadAcquire16(byte* address) => Volatile.Read(ref *(ushort*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadAcquire32(byte* address) => Volatile.Read(ref *(uint*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadAcquire64(byte* address) => Volatile.Read(ref *(ulong*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease8(byte* address, ulong value) => Volatile.Write(ref *(byte*)address, (byte)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease16(byte* address, ulong value) => Volatile.Write(ref *(ushort*)address, (ushort)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease32(byte* address, ulong value) => Volatile.Write(ref *(uint*)address, (uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease64(byte* address, ulong value) => Volatile.Write(ref *(ulong*)address, value);

    // Not inlined, and with parameters of 32 bits: the .NET 10 JIT for x64 takes the upper half of RAX for 0 after a 32-bit cmpxchg. That holds only when it
    // was 0 before, since a cmpxchg that succeeds does not write EAX; inlined, the expected value may be there with all 64 bits of a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint CompareExchange(ref uint location, uint expected, uint value) => Interlocked.CompareExchange(ref location, value, expected);

    // .NET has no interlocked exclusive or.
    private static uint ExchangeExclusiveOr(ref uint location, uint value)
    {
        uint seen = Volatile.Read(ref location);
        while (true)
        {
            uint before = Interlocked.CompareExchange(ref location, seen ^ value, seen);
            if (before == seen)
            {
                return before;
            }

            seen = before;
        }
    }

    // .NET has no interlocked exclusive or.
    private static ulong ExchangeExclusiveOr(ref ulong location, ulong value)
    {
        ulong seen = Volatile.Read(ref location);
        while (true)
        {
            ulong before = Interlocked.CompareExchange(ref location, seen ^ value, seen);
            if (before == seen)
            {
                return before;
            }

            seen = before;
        }
    }
}
