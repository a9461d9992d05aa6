using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Skep.Contracts;
using Skep.Events.Interop;
using Skep.Events.Tracing;
using Skep.Findings;
using Skep.Programs;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)] // File descriptors and the machine's events are counted.

namespace Skep.Events.Perf.Tests;

/// <summary>Against the kernel; needs root (or CAP_PERFMON and a readable tracefs).</summary>
public class LiveTests
{
    private const string Write = "syscalls/sys_enter_write";
    private const string GetThreadId = "syscalls/sys_enter_gettid";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TracepointAttachPoint _point = new();

    public LiveTests()
    {
        if (_point.FindObstacle() is { } obstacle)
        {
            Assert.Skip(obstacle.ToString());
        }
    }

    [Fact]
    public void Every_system_call_of_a_child_is_seen()
    {
        var writes = new ConcurrentDictionary<int, long>();
        using LoadedProgram program = RecordingProgram.Create((context, origin) =>
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(context[16..]) == 1)
            {
                writes.AddOrUpdate(origin.ProcessId, 1, (_, count) => count + 1);
            }
        });
        TracepointLink link = Attach(program, Write);

        int child = RunDd("bs=1 count=20000");
        link.Dispose();

        Assert.Equal((20000L, 0L, null), (writes.GetValueOrDefault(child), link.Lost, link.Problem));
    }

    [Fact]
    public void Counts_are_those_of_strace()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed");
        string summary = Path.GetTempFileName();
        using (Process strace = Process.Start("strace", ["-f", "-c", "-o", summary, "dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=700", "status=none"]))
        {
            strace.WaitForExit();
        }

        string line = File.ReadLines(summary).Single(text => text.EndsWith(" read", StringComparison.Ordinal));
        File.Delete(summary);
        long expected = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
        var reads = new ConcurrentDictionary<int, long>();
        using LoadedProgram program = RecordingProgram.Create((_, origin) => reads.AddOrUpdate(origin.ProcessId, 1, (_, count) => count + 1));
        TracepointLink link = Attach(program, "syscalls:sys_enter_read");

        int child = RunDd("bs=1 count=700");
        link.Dispose();

        Assert.Equal(expected, reads.GetValueOrDefault(child));
    }

    [Fact]
    public void The_context_is_the_record_with_zeros_behind_it()
    {
        byte[]? seen = null;
        EventOrigin where = default;
        int process = Environment.ProcessId;
        using LoadedProgram program = RecordingProgram.Create(
            (context, origin) =>
            {
                if (origin.ProcessId == process)
                {
                    (seen, where) = (context.ToArray(), origin);
                }
            },
            requiredContextSize: 500);
        TracepointLink link = Attach(program, GetThreadId);

        long before = Stopwatch.GetTimestamp();
        int thread = SystemCalls.ThreadId;
        link.Dispose();

        Assert.NotNull(seen);
        Assert.Equal((500, thread), (seen.Length, BinaryPrimitives.ReadInt32LittleEndian(seen.AsSpan(4))));
        Assert.All(seen[24..], value => Assert.Equal(0, value));
        Assert.Equal((true, thread), (where.IsKnown, where.ThreadId));
        Assert.InRange(where.TimestampNanoseconds, before, Stopwatch.GetTimestamp());
    }

    [Fact]
    public void A_full_buffer_loses_events_and_counts_them()
    {
        using var gate = new ManualResetEventSlim();
        using LoadedProgram program = RecordingProgram.Create((_, _) => gate.Wait(Patience));
        var point = new TracepointAttachPoint(new PerfEventsOptions { BufferBytesPerCpu = 4096 });
        TracepointLink link = Attach(program, Write, point);

        RunDd("bs=1 count=20000");
        gate.Set();
        link.Dispose();

        Assert.True(link.Lost > 10000, $"{link.Lost} events were lost");
        Assert.SkipUnless(link.FinalCounts.HasValue, "the kernel does not count lost events (Linux 6.0)");
        Assert.Equal((link.FinalCounts?.Events, link.FinalCounts?.Lost), (link.Events + link.Lost + link.OwnEvents, link.Lost));
    }

    [Fact]
    public void The_readers_own_calls_make_no_events()
    {
        int process = Environment.ProcessId;
        int delivered = 0;
        using LoadedProgram program = RecordingProgram.Create((context, origin) =>
        {
            delivered += origin.ProcessId == process ? 1 : 0;
            _ = SystemCalls.ThreadId;
        });
        TracepointLink link = Attach(program, GetThreadId);

        CallUntil(() => Volatile.Read(ref delivered) >= 10 && link.OwnEvents > 0);
        long own = link.OwnEvents;
        int made = CallUntil(() => Volatile.Read(ref delivered) >= 1000);
        link.Dispose();

        Assert.True(made > 100);
        Assert.InRange(link.OwnEvents, own, own + 20); // Those that were in the rings before the filter.
        Assert.Null(link.Problem);
    }

    [Fact]
    public void Detaching_under_load_stops_the_events()
    {
        long delivered = 0;
        using LoadedProgram program = RecordingProgram.Create((_, _) => Interlocked.Increment(ref delivered));
        using Process load = StartDd("bs=1 count=1000000000");
        try
        {
            for (int round = 0; round < 5; round++)
            {
                TracepointLink link = Attach(program, "raw_syscalls/sys_enter");
                Assert.True(SpinWait.SpinUntil(() => link.Events > 2000, Patience));
                link.Dispose();
                long after = Interlocked.Read(ref delivered);
                Assert.False(SpinWait.SpinUntil(() => Interlocked.Read(ref delivered) != after, 20));
                Assert.Null(link.Problem);
            }
        }
        finally
        {
            load.Kill();
            load.WaitForExit();
        }
    }

    [Fact]
    public void Attaching_again_and_again_leaves_nothing_behind()
    {
        using LoadedProgram program = RecordingProgram.Create((_, _) => { });
        Attach(program, Write).Dispose();
        string[] mounts = File.ReadAllLines("/proc/self/mountinfo");
        int before = CountDescriptors();

        for (int i = 0; i < 50; i++)
        {
            using TracepointLink first = Attach(program, Write);
            using TracepointLink second = Attach(program, "sched/sched_switch");
        }

        Assert.Equal(before, CountDescriptors());
        Assert.Equal(mounts, File.ReadAllLines("/proc/self/mountinfo"));
        Assert.Empty(program.Holders);
    }

    [Fact]
    public void Tracefs_needs_no_mount()
    {
        string[] mounts = File.ReadAllLines("/proc/self/mountinfo");
        Result<TraceFileSystem> opened = TraceFileSystem.OpenDetached();
        Assert.SkipUnless(opened.IsSuccess, opened.Findings.FirstOrDefault()?.Message ?? "");
        using TraceFileSystem tracing = opened.Value!;

        Assert.True(tracing.List().GetOrThrow().Count > 100);
        Assert.Null(tracing.FindNumber(new TracepointName("raw_syscalls", "sys_enter"), out ulong number));
        Assert.NotEqual(0ul, number);
        Assert.Equal(mounts, File.ReadAllLines("/proc/self/mountinfo"));
    }

    [Fact]
    public void Targets_of_this_kernel_are_listed()
    {
        string[] names = [.. _point.ListTargets().GetOrThrow().Select(target => target.Name)];
        Assert.Contains("sched/sched_switch", names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData("sched", "SKEP6003", "CATEGORY/NAME")]
    [InlineData("sched/sched_swich", "SKEP6004", "sched/sched_switch")]
    public void Targets_that_are_not_there_are_findings(string target, string rule, string text)
    {
        using LoadedProgram program = RecordingProgram.Create((_, _) => { });
        Finding finding = Assert.Single(_point.Attach(new AttachRequest(program, target)).Findings);
        Assert.Equal(rule, finding.Rule.Id);
        Assert.Contains(text, finding.Message, StringComparison.Ordinal);
        Assert.Empty(program.Holders);
    }

    [Fact]
    public void Failing_half_way_leaves_nothing_behind()
    {
        using LoadedProgram program = RecordingProgram.Create((_, _) => { });
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one CPU needs too few descriptors to fail half way");
        Attach(program, Write).Dispose();
        int before = CountDescriptors();
        Finding finding;
        using (new DescriptorLimit(room: 3))
        {
            finding = Assert.Single(_point.Attach(new AttachRequest(program, Write)).Findings);
        }

        Assert.Equal(("SKEP6006", "Raise the limit (ulimit -n)."), (finding.Rule.Id, finding.Remedy));
        Assert.Equal(before, CountDescriptors());
        Assert.Empty(program.Holders);
    }

    [Fact]
    public void A_run_may_dispose_its_own_link()
    {
        TracepointLink? link = null;
        using var attached = new ManualResetEventSlim();
        int runs = 0;
        using LoadedProgram program = RecordingProgram.Create((_, _) =>
        {
            attached.Wait(Patience);
            runs++;
            link!.Dispose();
        });
        int before = CountDescriptors();
        link = Attach(program, GetThreadId);
        attached.Set();

        CallUntil(() => link.IsDisposed);

        Assert.True(SpinWait.SpinUntil(() => CountDescriptors() == before, Patience));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void An_exception_stops_the_events_and_is_reported()
    {
        using LoadedProgram program = RecordingProgram.Create((_, _) => throw new InvalidOperationException("no tea"));
        using TracepointLink link = Attach(program, GetThreadId);
        using TracepointLink other = Attach(program, Write);

        CallUntil(() => link.Problem is not null);

        Assert.Contains("no tea", link.Problem?.Message, StringComparison.Ordinal);
        Assert.Equal(1, link.Events);
    }

    private static TracepointLink Attach(LoadedProgram program, string target, TracepointAttachPoint? point = null)
        => (TracepointLink)(point ?? new TracepointAttachPoint()).Attach(new AttachRequest(program, target)).GetOrThrow();

    /// <returns>How many calls of gettid(2) it took.</returns>
    private static int CallUntil(Func<bool> condition)
    {
        int calls = 0;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                calls++;
                _ = SystemCalls.ThreadId;
                return condition();
            },
            Patience));
        return calls;
    }

    private static int CountDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int RunDd(string arguments)
    {
        using Process process = StartDd(arguments);
        process.WaitForExit();
        return process.Id;
    }

    private static Process StartDd(string arguments) => Process.Start("dd", "if=/dev/zero of=/dev/null status=none " + arguments);
}
