using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Runtime;

/// <summary>
/// Counts calls in flight: who runs programs leaves a mark with one plain write, and who wants to take something away
/// waits until every mark has gone since. The write needs no fence, because the waiting side makes
/// every processor pass one (<see cref="Interlocked.MemoryBarrierProcessWide"/>), as RCU's expedited membarrier does.
/// </summary>
/// <remarks>
/// A mark belongs to a page of memory: the one on the stack where the run begins. That memory is one thread's as long as the thread lives, and so a page is as good as a thread to know who is
/// who, and its number is at hand, where a variable of the thread takes longer to find than a short program runs. Pages whose place in the table is taken use a mark of the thread.
/// </remarks>
internal static unsafe class Epoch
{
    private const int PageShift = 12;
    private const int Pages = 1024;
    private const int SpinsBeforeLook = 5;

    private static readonly Mark* Table = NewMarks(Pages);

    [ThreadStatic]
    private static ThreadMark? _mark;

    private static readonly List<WeakReference<ThreadMark>> ThreadMarks = [];

    /// <summary>Marks the thread as running; nests. Who may wait for runs meanwhile is called from a method that <see cref="IsInsideRun"/> knows.</summary>
    /// <returns>For <see cref="Exit"/>, on the same thread.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Stay Enter()
    {
        // One load and one store here, one store at the end: a counter of nested calls would cost more than a short program.
        byte here;
        nint page = (nint)(&here) >> PageShift;
        Mark* mark = Table + (page & (Pages - 1));
        if (mark->Page != page)
        {
            mark = Find(mark, page);
        }

        long sequence = mark->Sequence;
        if ((sequence & 1) != 0)
        {
            return default;
        }

        Volatile.Write(ref mark->Sequence, sequence + 1);
        return new Stay(mark, sequence + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(Stay stay)
    {
        if (stay.Mark != null)
        {
            Debug.Assert(stay.Mark->Sequence == stay.After - 1, "Exit on another thread than Enter, or twice.");
            Volatile.Write(ref stay.Mark->Sequence, stay.After);
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
    /// <exception cref="InvalidOperationException">Called from inside a run, which would wait for itself.</exception>
    public static bool TryWaitForRuns(TimeSpan deadline)
    {
        Interlocked.MemoryBarrierProcessWide();
        List<Busy> busy = Snapshot();
        long start = Stopwatch.GetTimestamp();
        var spin = new SpinWait();
        while (true)
        {
            busy.RemoveAll(entry => Volatile.Read(ref entry.Mark->Sequence) != entry.Seen);
            if (busy.Count == 0)
            {
                return true;
            }

            // Most runs are over by then, and walking the stack takes longer than they do.
            if (spin.Count == SpinsBeforeLook && IsInsideRun())
            {
                throw new InvalidOperationException("A running program cannot wait for runs to end.");
            }

            if (deadline != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(start) > deadline)
            {
                return false;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>The thread's own marks cannot be told from others', but its frames can.</summary>
    public static bool IsInsideRun()
    {
        foreach (StackFrame frame in new StackTrace().GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame) is { } method
                && ((method.Name is nameof(LoadedProgram.RunGuarded) or nameof(LoadedProgram.RunEvent) && method.DeclaringTypeName == typeof(LoadedProgram).FullName)
                    || (method.Name == Link.Delivering && method.DeclaringTypeName == typeof(Link).FullName)))
            {
                return true;
            }
        }

        return false;
    }

    private static List<Busy> Snapshot()
    {
        var busy = new List<Busy>();
        for (int i = 0; i < Pages; i++)
        {
            Look(Table + i, null);
        }

        lock (ThreadMarks)
        {
            for (int i = ThreadMarks.Count - 1; i >= 0; i--)
            {
                if (ThreadMarks[i].TryGetTarget(out ThreadMark? mark))
                {
                    Look(mark.Mark, mark);
                }
                else
                {
                    ThreadMarks.RemoveAt(i);
                }
            }
        }

        return busy;

        void Look(Mark* mark, ThreadMark? owner)
        {
            long sequence = Volatile.Read(ref mark->Sequence);
            if ((sequence & 1) != 0)
            {
                busy.Add(new Busy(mark, sequence, owner));
            }
        }
    }

    /// <summary>The mark of a page that is not known yet: from then on its own one, or while the place is another page's, the thread's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Mark* Find(Mark* mark, nint page)
        => Interlocked.CompareExchange(ref mark->Page, page, 0) is var owner && (owner == 0 || owner == page) ? mark : (_mark ?? Register()).Mark;

    private static ThreadMark Register()
    {
        var mark = new ThreadMark();
        lock (ThreadMarks)
        {
            ThreadMarks.Add(new WeakReference<ThreadMark>(mark));
        }

        return _mark = mark;
    }

    private static Mark* NewMarks(int count)
    {
        var marks = (Mark*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(Mark)), (nuint)sizeof(Mark));
        NativeMemory.Clear(marks, (nuint)(count * sizeof(Mark)));
        return marks;
    }

    /// <summary>Odd while its owner runs programs; only the owner writes. A line of the cache for each, so that owners do not slow each other down.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct Mark
    {
        /// <summary>The owner's number; 0 for none yet.</summary>
        public nint Page;

        public long Sequence;
    }

    /// <summary>A thread's stay among those that run programs.</summary>
    /// <param name="mark">Null for a stay within another.</param>
    /// <param name="after">The mark's sequence afterwards.</param>
    internal readonly struct Stay(Mark* mark, long after)
    {
        public readonly Mark* Mark = mark;
        public readonly long After = after;
    }

    private sealed class ThreadMark
    {
        public readonly Mark* Mark = NewMarks(1);

        ~ThreadMark() => NativeMemory.AlignedFree(Mark);
    }

    /// <param name="owner">Keeps the mark's memory.</param>
    private readonly struct Busy(Mark* mark, long seen, ThreadMark? owner)
    {
        public readonly Mark* Mark = mark;
        public readonly long Seen = seen;
        public readonly ThreadMark? Owner = owner;
    }
}
