using System.Collections.Concurrent;
using System.Diagnostics;
using Skep.Contracts;
using Skep.Programs;
using Skep.TestDoubles;

namespace Skep.Events.Tests;

/// <summary>The timers of the real system: loose bounds, because the machine may be busy, but never early, never at once, and gone when disposed.</summary>
public sealed unsafe class SystemTimerTests
{
    [Theory]
    [InlineData("250us")]
    [InlineData("5ms")]
    [InlineData("25ms")]
    public void Ticks_come_and_are_never_early(string target)
    {
        var late = new ConcurrentQueue<long>();
        using var enough = new CountdownEvent(8);
        LoadedProgram program = ProgramDouble.Create(new TimerProgramType(), (_, entry) =>
        {
            late.Enqueue(Stopwatch.GetTimestamp() - (long)((TimerContext*)entry.R1)->ScheduledNanoseconds);
            if (!enough.IsSet)
            {
                enough.Signal();
            }

            return 0;
        });
        Link link = new TimerAttachPoint(TimeProvider.System).Attach(new AttachRequest(program, target)).Value!;

        Assert.True(enough.Wait(TimeSpan.FromSeconds(10)), "eight ticks in ten seconds");
        link.Dispose();
        int ticks = late.Count;

        Assert.All(late, nanoseconds => Assert.True(nanoseconds >= 0, $"{-nanoseconds} ns early"));
        Assert.Equal(ticks, link.Events);
        Assert.Empty(program.Holders);
    }

    [Fact]
    public void Short_periods_are_kept_by_the_precise_timer()
    {
        Assert.SkipUnless(PreciseTimer.IsSupported, "the precise timer needs Linux");
        using var enough = new CountdownEvent(200);
        LoadedProgram program = ProgramDouble.Create(new TimerProgramType(), (_, _) => enough.IsSet || enough.Signal() ? 1ul : 0);
        long start = Stopwatch.GetTimestamp();
        using Link link = new TimerAttachPoint(TimeProvider.System).Attach(new AttachRequest(program, "500us")).Value!;

        Assert.True(enough.Wait(TimeSpan.FromSeconds(10)));

        // 200 ticks and what was lost take 100 ms and not less; a timer of whole milliseconds would need twice as long and lose half.
        double periods = Stopwatch.GetElapsedTime(start).TotalMicroseconds / 500;
        Assert.True(periods >= 199 + link.Lost - 1, $"{link.Events} ticks and {link.Lost} lost in {periods} periods");
    }

    [Fact]
    public void Links_that_come_and_go_leave_no_tick_behind()
    {
        var point = new TimerAttachPoint(TimeProvider.System);
        Parallel.For(0, 100, i =>
        {
            bool isOver = false;
            bool ranLate = false;
            LoadedProgram program = ProgramDouble.Create(new TimerProgramType(), (_, entry) =>
            {
                ranLate |= Volatile.Read(ref isOver);
                return ((TimerContext*)entry.R1)->Ticks;
            });
            Link link = point.Attach(new AttachRequest(program, i % 2 == 0 ? "100us" : "30ms")).Value!;
            SpinWait.SpinUntil(() => link.Events > i % 3, 20);
            link.Dispose();
            Volatile.Write(ref isOver, true);
            Thread.Yield();
            Assert.False(ranLate);
            program.Dispose();
        });
    }
}
