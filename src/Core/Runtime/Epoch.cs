using System.Diagnostics;

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
    public static void Enter()
    {
        ThreadMark mark = _mark ?? Register();
        if (mark.Depth++ == 0)
        {
            Volatile.Write(ref mark.Sequence, mark.Sequence + 1);
        }
    }

    public static void Exit()
    {
        ThreadMark mark = _mark!;
        Debug.Assert(mark.Depth > 0, "Exit without Enter.");
        if (--mark.Depth == 0)
        {
            Volatile.Write(ref mark.Sequence, mark.Sequence + 1);
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
        if (_mark is { Depth: > 0 })
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
    private sealed class ThreadMark
    {
        public long Sequence;
        public int Depth;
    }
}
