using System.Runtime.CompilerServices;
using Skep.Runtime;

namespace Skep.Core.Tests.Runtime;

/// <summary>Who waits for runs waits for those that were under way, and for no others; on whatever part of whichever thread's stack they began.</summary>
public sealed class EpochTests
{
    private const int PageBytes = 4096;

    [Fact]
    public void Nobody_is_waited_for_where_nobody_runs() => Epoch.WaitForRuns();

    [Fact]
    public async Task A_run_under_way_is_waited_for_and_a_later_one_is_not()
    {
        using var isIn = new ManualResetEventSlim();
        using var mayLeave = new ManualResetEventSlim();
        using var isOver = new ManualResetEventSlim();
        Task first = Stay(isIn, mayLeave);
        isIn.Wait(TestContext.Current.CancellationToken);
        Assert.False(Epoch.TryWaitForRuns(TimeSpan.FromMilliseconds(20)));
        Task waiting = OnThread(Epoch.WaitForRuns);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        // Enters while the other waits, and stays until it has returned.
        using var isInToo = new ManualResetEventSlim();
        Task second = Stay(isInToo, isOver);
        isInToo.Wait(TestContext.Current.CancellationToken);
        mayLeave.Set();
        await waiting;
        Assert.False(second.IsCompleted);
        isOver.Set();
        await Task.WhenAll(first, second);
        Epoch.WaitForRuns();
    }

    /// <summary>More pages than have a mark of their own: stays within stays, on all of a large stack.</summary>
    [Fact]
    public async Task Stays_nest_on_any_page_of_a_stack()
    {
        using var isIn = new ManualResetEventSlim();
        using var mayLeave = new ManualResetEventSlim();
        Task deep = OnThread(() => Descend(3000, isIn, mayLeave), stackBytes: 32 << 20);
        isIn.Wait(TestContext.Current.CancellationToken);
        Assert.False(Epoch.TryWaitForRuns(TimeSpan.FromMilliseconds(20)));
        mayLeave.Set();
        await deep;
        Epoch.WaitForRuns();
    }

    /// <summary>Stacks are made again and again from the memory of those that are gone.</summary>
    [Fact]
    public async Task Threads_that_come_and_go_leave_nothing_behind()
    {
        for (int round = 0; round < 20; round++)
        {
            using var start = new Barrier(participantCount: 16);
            int inside = 0;
            Task[] threads =
            [
                .. Enumerable.Range(0, 16).Select(_ => OnThread(() =>
                {
                    start.SignalAndWait();
                    for (int i = 0; i < 500; i++)
                    {
                        Epoch.Stay stay = Epoch.Enter();
                        Interlocked.Increment(ref inside);
                        Interlocked.Decrement(ref inside);
                        Epoch.Exit(stay);
                    }
                })),
            ];
            await Task.WhenAll(threads);
            Assert.Equal(0, inside);
            Epoch.WaitForRuns();
        }
    }

    /// <summary>What is taken away after the wait is not used by any run that found it before.</summary>
    [Fact]
    public async Task Nothing_is_used_after_the_wait()
    {
        var current = new Box();
        using var isOver = new CancellationTokenSource();
        Task[] readers =
        [
            .. Enumerable.Range(0, 4).Select(_ => OnThread(() =>
            {
                while (!isOver.IsCancellationRequested)
                {
                    Use(ref current);
                }
            })),
        ];
        for (int i = 0; i < 2000; i++)
        {
            Box old = Interlocked.Exchange(ref current, new Box());
            Epoch.WaitForRuns();
            old.IsGone = true;
        }

        await isOver.CancelAsync();
        await Task.WhenAll(readers);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(ref Box current)
    {
        Epoch.Stay stay = Epoch.Enter();
        Box box = Volatile.Read(ref current);
        for (int i = 0; i < 20; i++)
        {
            Assert.False(box.IsGone);
        }

        Epoch.Exit(stay);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Descend(int pages, ManualResetEventSlim isIn, ManualResetEventSlim mayLeave)
    {
        byte* room = stackalloc byte[PageBytes];
        room[0] = (byte)pages;
        Epoch.Stay stay = Epoch.Enter();
        if (pages > 0)
        {
            Descend(pages - 1, isIn, mayLeave);
        }
        else
        {
            isIn.Set();
            mayLeave.Wait();
        }

        Epoch.Exit(stay);
        Assert.Equal((byte)pages, room[0]);
    }

    private static Task Stay(ManualResetEventSlim isIn, ManualResetEventSlim mayLeave) => OnThread(() =>
    {
        Epoch.Stay stay = Epoch.Enter();
        isIn.Set();
        mayLeave.Wait();
        Epoch.Exit(stay);
    });

    private static Task OnThread(Action action, int stackBytes = 0)
    {
        var done = new TaskCompletionSource();
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                    done.SetResult();
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            }, stackBytes)
        { IsBackground = true };
        thread.Start();
        return done.Task;
    }

    private sealed class Box
    {
        public volatile bool IsGone;
    }
}
