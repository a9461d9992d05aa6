using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests.Life;

/// <summary>
/// Plugins come, are upgraded and go again and again while programs run on other threads and events flow. <c>SKEP_LIFE_CYCLES</c> says how often (50), and
/// <c>SKEP_LIFE_SHOW</c> names a file that the figures are written to.
/// </summary>
public sealed class CycleTests
{
    private const long Slack = 8L << 20;
    private static readonly int Cycles = int.TryParse(Environment.GetEnvironmentVariable("SKEP_LIFE_CYCLES"), out int cycles) ? cycles : 50;

    [Theory]
    [MemberData(nameof(LifeHost.Engines), MemberType = typeof(LifeHost))]
    public void Helpers_come_and_go_under_programs_that_run(string engine)
    {
        using var life = new LifeHost();
        string first = life.Lay("v1", LifeSources.Answer(1));
        string second = life.Lay("v2", LifeSources.Answer(2));
        Run(life, "helpers " + engine, () =>
        {
            PluginHandle one = Assert.Single(life.Host.Load(first).Came);
            LoadedProgram program = life.Program("call acme_answer#4001\nexit", engine: engine);
            using var link = (LifeHost.TestLink)life.Runtime.Attach(program, "test", "x").GetOrThrow();
            using var flow = new Flow(link, result => result is { Value: 1 or 2, Trap.Kind: TrapKind.None });
            flow.WaitForMore();
            PluginChange up = life.Host.Upgrade("Acme", second);
            Assert.Empty(up.Findings);
            flow.WaitForMore();
            Assert.Equal(2ul, program.Run(default).Value);
            flow.Dispose();
            Assert.Equal(flow.Fired, link.Events);
            Assert.Equal(0, program.Statistics.HelperFaults);
            link.Dispose();
            program.Dispose();
            Assert.Empty(life.Host.Unload("Acme").Findings);
            return [one.Probe!, up.Came[0].Probe!];
        });
    }

    [Fact]
    public void Types_come_and_go_under_events_that_flow()
    {
        using var life = new LifeHost();
        string first = life.Lay("v1", LifeSources.TypeAndSource(1));
        string second = life.Lay("v2", LifeSources.TypeAndSource(2));
        Run(life, "types and sources", () =>
        {
            PluginHandle one = Assert.Single(life.Host.Load(first).Came);
            LoadedProgram program = life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
            program.Statistics.Enabled = true;
            using var link = (LifeHost.TestLink)life.Runtime.Attach(program, "test", "x").GetOrThrow();
            using var flow = new Flow(link, result => result is { Value: 1 or 2, Trap.Kind: TrapKind.None });
            Link own = life.Runtime.Attach(program, "acme", "x").GetOrThrow();
            flow.WaitForMore();

            // Its own source keeps the old version, and the program with it, until it is detached.
            PluginChange up = life.Host.Upgrade("Acme", second);
            Assert.Equal("SKEP5214", Assert.Single(up.Findings).Rule.Id);
            own.Dispose();
            Assert.True(SpinWait.SpinUntil(() => one.State == PluginState.Unloaded, LifeHost.Patience));
            flow.WaitForMore();
            flow.Dispose();
            Assert.Equal(2ul, link.Fire().Value);
            Assert.Equal(flow.Fired + 1, link.Events);
            Assert.Equal(link.Events + own.Events, program.Statistics.Runs);
            link.Dispose();
            program.Dispose();
            Assert.Empty(life.Host.Unload("Acme").Findings);
            return [one.Probe!, up.Came[0].Probe!];
        });
    }

    [Fact]
    public void Maps_come_and_go()
    {
        using var life = new LifeHost();
        string first = life.Lay("v1", LifeSources.Map(1));
        string second = life.Lay("v2", LifeSources.Map(2));
        Run(life, "maps", () =>
        {
            PluginHandle one = Assert.Single(life.Host.Load(first).Came);
            LoadedMap map = life.Map();
            PluginChange up = life.Host.Upgrade("Acme", second);
            Assert.Equal("SKEP5214", Assert.Single(up.Findings).Rule.Id);
            life.Map().Dispose();
            map.Dispose();
            Assert.True(SpinWait.SpinUntil(() => one.State == PluginState.Unloaded, LifeHost.Patience));
            Assert.Empty(life.Host.Unload("Acme").Findings);
            return [one.Probe!, up.Came[0].Probe!];
        });
    }

    [Theory]
    [MemberData(nameof(LifeHost.Engines), MemberType = typeof(LifeHost))]
    public void Programs_replace_each_other_behind_a_link_under_events_that_flow(string engine)
    {
        using var life = new LifeHost();
        LoadedProgram now = life.Program("r0 = 0\nexit", engine: engine);
        using var link = (LifeHost.TestLink)life.Runtime.Attach(now, "test", "x").GetOrThrow();
        now.Statistics.Enabled = true;
        using var flow = new Flow(link, result => result.Trap.Kind == TrapKind.None);
        long runs = 0;
        for (int i = 1; i <= Cycles; i++)
        {
            LoadedProgram next = life.Program($"r0 = {i}\nexit", engine: engine);
            next.Statistics.Enabled = true;
            flow.WaitForMore();
            link.Replace(next);
            runs += now.Statistics.Runs;
            now.Dispose();
            now = next;
        }

        flow.Dispose();
        Assert.Equal((ulong)Cycles, link.Fire().Value);
        Assert.Equal(flow.Fired + 1, link.Events);
        Assert.Equal(link.Events, runs + now.Statistics.Runs);
        link.Dispose();
        now.Dispose();
    }

    /// <summary>Runs the cycles; each gives the probes of the contexts that it made and left.</summary>
    private static void Run(LifeHost life, string name, Func<UnloadProbe[]> cycle)
    {
        int warmUp = Math.Max(5, Cycles / 10);
        List<UnloadProbe> probes = [];
        long before = 0;
        for (int i = 0; i < Cycles + warmUp; i++)
        {
            Once(probes, cycle);
            if (i == warmUp - 1)
            {
                before = Settle(probes);
            }
        }

        long after = Settle(probes);
        Assert.All(probes, probe => Assert.False(probe.IsAlive));
        Assert.Empty(life.Runtime.Programs);
        Assert.DoesNotContain(life.Host.Plugins, plugin => plugin.Info.Name == "Acme");
        if (Environment.GetEnvironmentVariable("SKEP_LIFE_SHOW") is { } file)
        {
            File.AppendAllText(file, $"{name}: {Cycles} cycles, {probes.Count} contexts gone, managed memory {before / 1024} KiB before and {after / 1024} KiB after, process {Environment.WorkingSet >> 20} MiB\n");
        }

        Assert.True(after - before < Slack, $"{name}: {before} bytes after {warmUp} cycles, {after} after {Cycles} more");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Once(List<UnloadProbe> probes, Func<UnloadProbe[]> cycle) => probes.AddRange(cycle());

    private static long Settle(List<UnloadProbe> probes)
    {
        Assert.All(probes, probe => Assert.True(probe.WaitUntilGone(LifeHost.Patience), probe.ToString()));
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Two threads that fire a link without a pause and check each result.</summary>
    private sealed class Flow : IDisposable
    {
        private readonly Thread[] _threads;
        private volatile bool _stop;
        private volatile bool _failed;
        private long _fired;

        public Flow(LifeHost.TestLink link, Func<RunResult, bool> isRight)
        {
            _threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                while (!_stop)
                {
                    _failed |= !isRight(link.Fire());
                    Interlocked.Increment(ref _fired);
                }
            }))];
            Array.ForEach(_threads, thread => thread.Start());
        }

        public long Fired => Volatile.Read(ref _fired);

        public void WaitForMore()
        {
            long now = Fired;
            Assert.True(SpinWait.SpinUntil(() => Fired > now + 20, LifeHost.Patience));
        }

        public void Dispose()
        {
            _stop = true;
            Array.ForEach(_threads, thread => thread.Join());
            Assert.False(_failed);
        }
    }
}
