using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skep.Contracts;

/// <summary>
/// A lock in one 32-bit word (of native memory, or a field), 0 when free, for the few instructions in which a map changes its links. Not reentrant: what it
/// guards calls nothing that could come back to the map.
/// </summary>
public static class MapSpinLock
{
    /// <summary>How long <see cref="TryEnter"/> waits: far longer than a holder that lost its processor needs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(ref int word)
    {
        if (Interlocked.CompareExchange(ref word, 1, 0) != 0)
        {
            EnterSlowly(ref word);
        }
    }

    /// <summary>
    /// As <see cref="Enter"/>, for a word that programs can reach: one that is never given back must not hold up its waiters for ever.
    /// </summary>
    /// <returns>False when it was not free for <see cref="Patience"/>.</returns>
    public static bool TryEnter(ref int word)
    {
        if (Interlocked.CompareExchange(ref word, 1, 0) == 0)
        {
            return true;
        }

        long start = Stopwatch.GetTimestamp();
        var spinner = default(SpinWait);
        do
        {
            spinner.SpinOnce(sleep1Threshold: -1);
            if (Volatile.Read(ref word) == 0 && Interlocked.CompareExchange(ref word, 1, 0) == 0)
            {
                return true;
            }
        }
        while (Stopwatch.GetElapsedTime(start) < Patience);
        return false;
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
