using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skep.Runtime;

/// <summary>
/// Counts calls in flight: a thread that runs programs marks itself with one plain write, and who wants to take something away
/// waits until every thread has been outside since. The write needs no fence, because the waiting side makes
/// every processor pass one (<see cref="Interlocked.MemoryBarrierProcessWide"/>), as RCU's expedited membarrier does.
/// </summary>
internal static class Epoch
{
    [ThreadStatic]
    private static ThreadMark? _mark;

    private static readonly List<WeakReference<ThreadMark>> Marks = [];

    /// <summary>Marks the thread as running; nests.</summary>
    /// <returns>For <see cref="Exit"/>, on the same thread.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Stay Enter()
    {
        // One load and one store here, one store at the end: a counter of nested calls would cost more than a short program.
        ThreadMark mark = _mark ?? Register();
        long sequence = mark.Sequence;
        if ((sequence & 1) != 0)
        {
            return default;
        }

        Volatile.Write(ref mark.Sequence, sequence + 1);
        return new Stay(mark, sequence + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(Stay stay)
    {
        if (stay.Mark is { } mark)
        {
            Debug.Assert(mark.Sequence == stay.After - 1, "Exit on another thread than Enter, or twice.");
            Volatile.Write(ref mark.Sequence, stay.After);
        }
    }

    /// <summary>Returns after every run that was under way at the call has ended; runs that begin meanwhile see what was written before it.</summary>
    /// <exception cref="InvalidOperationException">Called from inside a run, which would wait for itself.</exception>
    public static void WaitForRuns()
    {
        if (!TryWaitForRuns(Timeout.InfiniteTimeSpan))
        {
            throw new UnreachableException();
        }
    }

    /// <returns>False when runs were still under way at the deadline.</returns>
    public static bool TryWaitForRuns(TimeSpan deadline)
    {
        if (_mark is { } mark && (mark.Sequence & 1) != 0)
        {
            throw new InvalidOperationException("A running program cannot wait for runs to end.");
        }

        Interlocked.MemoryBarrierProcessWide();
        List<(ThreadMark Mark, long Seen)> busy = Snapshot();
        long start = Stopwatch.GetTimestamp();
        var spin = new SpinWait();
        while (true)
        {
            busy.RemoveAll(entry => Volatile.Read(ref entry.Mark.Sequence) != entry.Seen);
            if (busy.Count == 0)
            {
                return true;
            }

            if (deadline != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(start) > deadline)
            {
                return false;
            }

            spin.SpinOnce();
        }
    }

    private static List<(ThreadMark Mark, long Seen)> Snapshot()
    {
        var busy = new List<(ThreadMark, long)>();
        lock (Marks)
        {
            for (int i = Marks.Count - 1; i >= 0; i--)
            {
                if (!Marks[i].TryGetTarget(out ThreadMark? mark))
                {
                    Marks.RemoveAt(i);
                    continue;
                }

                long sequence = Volatile.Read(ref mark.Sequence);
                if ((sequence & 1) != 0)
                {
                    busy.Add((mark, sequence));
                }
            }
        }

        return busy;
    }

    private static ThreadMark Register()
    {
        var mark = new ThreadMark();
        lock (Marks)
        {
            Marks.Add(new WeakReference<ThreadMark>(mark));
        }

        return _mark = mark;
    }

    /// <summary>One thread's mark: odd while it runs programs. Only its own thread writes.</summary>
    internal sealed class ThreadMark
    {
        public long Sequence;
    }

    /// <summary>A thread's stay among those that run programs.</summary>
    /// <param name="Mark">Null for a stay within another.</param>
    /// <param name="After">The mark's sequence afterwards.</param>
    internal readonly record struct Stay(ThreadMark? Mark, long After);
}
