using System.Runtime.CompilerServices;

namespace Skep.Contracts;

/// <summary>
/// A lock in one 32-bit word (of native memory, or a field), 0 when free, for the few instructions in which a map changes its links. Not reentrant: what it
/// guards calls nothing that could come back to the map.
/// </summary>
public static class MapSpinLock
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(ref int word)
    {
        if (Interlocked.CompareExchange(ref word, 1, 0) != 0)
        {
            EnterSlowly(ref word);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(ref int word) => Volatile.Write(ref word, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EnterSlowly(ref int word)
    {
        // The holder may have lost its processor, so waiting ends in giving up one's own; never in sleeping, since the lock is short.
        var spinner = default(SpinWait);
        do
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref word) != 0 || Interlocked.CompareExchange(ref word, 1, 0) != 0);
    }
}
