using System.Globalization;
using Skep.Contracts;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Engines.Tests.Security;

/// <summary>Loading, running and unloading, over and over, by several threads, in several runtimes.</summary>
public sealed class LifetimeTests(ITestOutputHelper output)
{
    private const int DefaultCycles = 2_000;
    private const int MostGrowth = 96 << 20;
    private const int LeastLooks = 10;

    private const string Sum = """
        r6 = 0
        r7 = 10
        again:
        r6 += r7
        r6 ^= 0x1234
        r7 += -1
        if r7 != 0 goto again
        r0 = r6
        exit
        """;

    public static TheoryData<string> Engines => HostileHost.EngineNames;

    /// <summary>SKEP_ENGINES_CYCLES: how many, where the default is not enough.</summary>
    private static int Cycles => int.Parse(Environment.GetEnvironmentVariable("SKEP_ENGINES_CYCLES") ?? $"{Harness.Sample.Of(DefaultCycles)}", CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(Engines))]
    public void Loads_and_unloads_leave_nothing_behind(string engine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells what a process holds in /proc");
        using var host = new HostileHost();
        Cycle(Cycles / 10);
        Collect();
        ProcessState before = ProcessState.Read();
        Cycle(Cycles);
        Collect();
        ProcessState after = ProcessState.Read();
        output.WriteLine($"{engine}, {Cycles} cycles: {before} became {after}");
        Assert.InRange(after.Handles, 0, before.Handles + 50);
        Assert.InRange(after.Mappings, 0, before.Mappings + 400);
        Assert.InRange(after.Bytes, 0, before.Bytes + MostGrowth);
        Assert.Empty(host.Runtime.Programs);

        void Cycle(int times)
        {
            for (int i = 0; i < times; i++)
            {
                using LoadedProgram program = host.Load(engine, Sum);
                if (!host.Run(program).Completed)
                {
                    Assert.Fail($"cycle {i}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_page_is_ever_writable_and_executable(string engine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells of pages in /proc");
        Assert.SkipWhen(Environment.GetEnvironmentVariable("DOTNET_EnableWriteXorExecute") == "0", "this .NET was told to keep its own code in pages that are writable and executable");
        using var host = new HostileHost();
        using var isOver = new CancellationTokenSource();
        long loads = 0;
        Task[] workers =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    while (!isOver.IsCancellationRequested)
                    {
                        using LoadedProgram program = host.Load(engine, Sum);
                        Assert.True(host.Run(program).Completed);
                        Interlocked.Increment(ref loads);
                    }
                }, TaskCreationOptions.LongRunning)),
        ];
        int looks = 0;
        long wanted = Harness.Sample.Of(400);
        while ((Interlocked.Read(ref loads) < wanted || looks < LeastLooks) && !workers.Any(worker => worker.IsFaulted))
        {
            Assert.DoesNotContain(MemoryMapping.ReadAll(), mapping => mapping.IsWritableAndExecutable);
            looks++;
        }

        await isOver.CancelAsync();
        await Task.WhenAll(workers);
        output.WriteLine($"{engine}: {looks} looks at /proc/self/maps while {loads} programs came and went");
        Assert.InRange(looks, LeastLooks, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Unloading_waits_for_the_run_that_is_under_way(string engine)
    {
        using var host = new HostileHost();
        LoadedProgram program = host.Load(engine, """
            call bpf_get_smp_processor_id
            r0 += 38
            exit
            """);
        host.Helpers.GoOn.Reset();
        Task<RunResult> run = Task.Factory.StartNew(() => host.Run(program), TaskCreationOptions.LongRunning);
        host.Helpers.Arrived.Wait();
        Task unload = Task.Factory.StartNew(program.Dispose, TaskCreationOptions.LongRunning);
        await Task.Delay(50);
        Assert.False(unload.IsCompleted);
        host.Helpers.GoOn.Set();
        Assert.Equal(new RunResult(42, Trap.None), await run);
        await unload;
        Assert.Throws<ObjectDisposedException>(() => host.Run(program));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_program_cannot_unload_itself(string engine)
    {
        using var host = new HostileHost();
        LoadedProgram program = host.Load(engine, """
            call bpf_get_smp_processor_id
            r0 += 38
            exit
            """);
        LoadedProgram other = host.Load(engine, Sum);
        Exception? itself = null;
        Exception? another = null;
        host.Helpers.OnCall = () =>
        {
            itself = Record.Exception(program.Dispose);
            another = Record.Exception(other.Dispose);
        };
        Assert.Equal(new RunResult(42, Trap.None), host.Run(program));
        Assert.IsType<InvalidOperationException>(itself);
        Assert.IsType<InvalidOperationException>(another);
        Assert.True(host.Run(other).Completed);
        host.Helpers.OnCall = null;
        Assert.Equal(42ul, host.Run(program).Value);
        other.Dispose();
        program.Dispose();
        Assert.Empty(host.Runtime.Programs);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Two_runtimes_know_nothing_of_each_other(string engine)
    {
        using var staying = new HostileHost();
        var leaving = new HostileHost();
        LoadedProgram here = staying.Load(engine, Sum);
        LoadedProgram there = leaving.Load(engine, Sum);
        RunResult expected = staying.Run(here);
        Assert.Equal(expected, leaving.Run(there));
        leaving.Dispose();
        Assert.Throws<ObjectDisposedException>(() => leaving.Run(there));
        Assert.Equal(expected, staying.Run(here));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Blinded_constants_mean_the_same(string engine)
    {
        using var plain = new HostileHost();
        using var blinded = new HostileHost(new EngineOptions { BlindConstants = true });
        Assert.Equal(plain.Run(plain.Load(engine, Sum)), blinded.Run(blinded.Load(engine, Sum)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public unsafe void Threads_count_together(string engine)
    {
        const int Threads = 4;
        int runs = Harness.Sample.Of(20_000);
        using var host = new HostileHost();
        LoadedProgram program = host.Load(engine, """
            r1 = map[data][0]+8
            r2 = 3
            lock *(u64 *)(r1 +0) += r2
            r3 = 1
            r3 = atomic_fetch_add((u32 *)(r1 +8), r3)
            r0 = 0
            exit
            """);
        Parallel.For(0, Threads, _ =>
        {
            for (int i = 0; i < runs; i++)
            {
                host.Run(program);
            }
        });
        var value = (byte*)host.Values("data").Address;
        Assert.Equal(((ulong)(3 * Threads * runs), (uint)(Threads * runs)), (*(ulong*)(value + 8), *(uint*)(value + 16)));
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
#pragma warning disable RS0030 // What is measured here is what is left after a collection.
            GC.Collect();
#pragma warning restore RS0030
            GC.WaitForPendingFinalizers();
        }
    }
}
