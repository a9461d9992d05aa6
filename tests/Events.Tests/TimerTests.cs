using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.ProgramTypes;
using Skep.Runtime;
using Skep.TestDoubles;
using Skep.Testing;

namespace Skep.Events.Tests;

public sealed class TimerTests
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1000 * Millisecond;

    private readonly FakeClock _time = new();
    private readonly List<(long Scheduled, ulong Ticks, ulong Missed)> _runs = [];
    private readonly TimerAttachPoint _point;
    private readonly long _start;
    private Action? _duringRun;

    public TimerTests()
    {
        _point = new TimerAttachPoint(_time);
        _start = _time.Nanoseconds;
    }

    [Fact]
    public void The_first_tick_comes_at_once_and_then_one_every_period()
    {
        using Link link = Attach("500ms");
        _time.Advance(0);
        Assert.Equal([0], Scheduled);
        _time.Advance((500 * Millisecond) - 1);
        Assert.Equal([0], Scheduled);
        _time.Advance(1);
        _time.Advance(2 * Second);
        Assert.Equal([0, 500, 1000, 1500, 2000, 2500], Scheduled.Select(at => at / Millisecond));
        Assert.Equal([1, 2, 3, 4, 5, 6], _runs.Select(run => (int)run.Ticks));
        Assert.Equal((6, 0), (link.Events, link.Lost));
        Assert.Equal(("timer", "500ms"), (link.AttachPoint, link.Target));
    }

    [Fact]
    public void Slow_runs_do_not_shift_the_schedule()
    {
        _duringRun = () => _time.Pass(90 * Millisecond);
        using Link link = Attach("100ms");
        _time.Advance(990 * Millisecond);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 100L), Scheduled.Select(at => at / Millisecond));
        Assert.Equal(0, link.Lost);
    }

    [Fact]
    public void Ticks_that_are_due_while_one_runs_become_one_and_the_rest_is_lost()
    {
        _duringRun = () =>
        {
            _time.Pass(350 * Millisecond);
            _duringRun = null;
        };
        using Link link = Attach("100ms");
        _time.Advance(0);
        Assert.Equal([(0, 1, 0)], _runs.Select(run => (run.Scheduled - _start, (int)run.Ticks, (int)run.Missed)));
        _time.Advance(0);
        _time.Advance(50 * Millisecond);
        Assert.Equal(
            [(0, 1, 0), (300, 2, 2), (400, 3, 2)],
            _runs.Select(run => ((run.Scheduled - _start) / Millisecond, (int)run.Ticks, (int)run.Missed)));
        Assert.Equal((3, 2), (link.Events, link.Lost));
    }

    [Fact]
    public void A_timer_that_comes_early_waits_for_the_rest()
    {
        var schedule = new TimerSchedule(start: 1000, period: 10);
        Assert.False(schedule.TryTake(999, out _, out _));
        Assert.True(schedule.TryTake(1000, out long due, out long missed));
        Assert.Equal((1000, 0), (due, missed));
        Assert.False(schedule.TryTake(1009, out _, out _));
        Assert.Equal(1, schedule.NanosecondsUntilNext(1009));
        Assert.True(schedule.TryTake(1049, out due, out missed));
        Assert.Equal((1040, 3), (due, missed));
        Assert.Equal(0, schedule.NanosecondsUntilNext(1060));
    }

    [Fact]
    public void After_dispose_nothing_runs_and_nothing_is_left()
    {
        LoadedProgram program = Program();
        Link link = Attach("1s", program);
        _time.Advance(0);
        link.Dispose();
        _time.Advance(10 * Second);
        Assert.Single(_runs);
        Assert.Equal(0, _time.LiveTimers);
        Assert.Empty(program.Holders);
        link.Dispose();
        program.Dispose();
    }

    [Fact]
    public void A_program_may_end_its_own_link()
    {
        Link? link = null;
        _duringRun = () => link!.Dispose();
        link = Attach("1s");
        _time.Advance(10 * Second);
        Assert.Single(_runs);
        Assert.True(link.IsDisposed);
    }

    [Fact]
    public async Task Dispose_waits_for_the_tick_that_runs()
    {
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        _duringRun = () =>
        {
            inside.Set();
            goOn.Wait();
        };
        Link link = Attach("1s");
        Task ticking = Task.Run(() => _time.Advance(0));
        inside.Wait();
        Task disposing = Task.Run(link.Dispose);
        Assert.NotSame(disposing, await Task.WhenAny(disposing, Task.Delay(50)));
        goOn.Set();
        await Task.WhenAll(ticking, disposing);
        _time.Advance(Second);
        Assert.Single(_runs);
    }

    [Fact]
    public unsafe void A_raw_program_gets_the_context_and_its_length()
    {
        ulong length = 0;
        LoadedProgram program = ProgramDouble.Create(new RawType(), (_, entry) => length = entry.R2);
        using Link link = Attach("1s", program);
        _time.Advance(0);
        Assert.Equal(24ul, length);
    }

    [Fact]
    public unsafe void An_unknown_origin_is_the_running_thread()
    {
        EventOrigin origin = new() { IsKnown = true };
        LoadedProgram program = ProgramDouble.Create(new TimerProgramType(), (invocation, _) => (origin = invocation->Origin).IsKnown ? 1ul : 0);
        using Link link = Attach("1s", program);
        _time.Advance(0);
        Assert.Equal(EventOrigin.None, origin);
    }

    [Theory]
    [InlineData("100us", 100_000)]
    [InlineData("250us", 250_000)]
    [InlineData("500ms", 500 * Millisecond)]
    [InlineData("1s", Second)]
    [InlineData("2m", 120 * Second)]
    [InlineData("24h", 86_400 * Second)]
    [InlineData("1440m", 86_400 * Second)]
    [InlineData("007s", 7 * Second)]
    public void Durations_are_read(string target, long expected)
    {
        Assert.True(TimerPeriod.TryParse(target, out long period, out _));
        Assert.Equal(expected, period);
    }

    [Theory]
    [InlineData("", "is no duration")]
    [InlineData("1", "is no duration")]
    [InlineData("s", "is no duration")]
    [InlineData("1 s", "is no duration")]
    [InlineData("1.5s", "is no duration")]
    [InlineData("-1s", "is no duration")]
    [InlineData("1S", "is no duration")]
    [InlineData("1d", "is no duration")]
    [InlineData("1sx", "is no duration")]
    [InlineData("0s", "too short")]
    [InlineData("99us", "too short")]
    [InlineData("25h", "too long")]
    [InlineData("86401s", "too long")]
    [InlineData("99999999999999999999h", "too long")]
    public void A_bad_target_is_a_finding_with_an_example(string target, string problem)
    {
        using LoadedProgram program = Program();
        Result<Link> result = _point.Attach(new AttachRequest(program, target));
        Finding finding = Assert.Single(result.Findings);
        Assert.Equal(AttachRules.BadTarget, finding.Rule);
        Assert.Contains($"'{target}'", finding.Message, StringComparison.Ordinal);
        Assert.Contains(problem, finding.Message, StringComparison.Ordinal);
        Assert.Contains("500ms", finding.Remedy, StringComparison.Ordinal);
        Assert.Empty(program.Holders);
        Assert.Equal(0, _time.LiveTimers);
    }

    [Fact]
    public void Listed_targets_are_sorted_and_can_be_attached()
    {
        IReadOnlyList<AttachTarget> targets = _point.ListTargets().Value!;
        Assert.Equal(targets.Select(target => target.Name).Order(StringComparer.Ordinal), targets.Select(target => target.Name));
        Assert.All(targets, target => Attach(target.Name).Dispose());
    }

    private IEnumerable<long> Scheduled => _runs.Select(run => run.Scheduled - _start);

    private unsafe LoadedProgram Program() => ProgramDouble.Create(new TimerProgramType(), (_, entry) =>
    {
        var context = (TimerContext*)entry.R1;
        Assert.Equal(new MemoryRegion((nint)context, 24, MemoryAccess.Read), entry.Context);
        _runs.Add(((long)context->ScheduledNanoseconds, context->Ticks, context->Missed));
        _duringRun?.Invoke();
        return 0;
    });

    private Link Attach(string target, LoadedProgram? program = null)
    {
        Result<Link> result = _point.Attach(new AttachRequest(program ?? Program(), target));
        Assert.True(result.IsSuccess, string.Join('\n', result.Findings));
        return result.Value;
    }
}
