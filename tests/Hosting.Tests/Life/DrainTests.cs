using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests.Life;

/// <summary>A plugin leaves a living host: what uses it is named, waited for, left alone or taken away.</summary>
public sealed class DrainTests : IDisposable
{
    private const string CallAnswer = "call acme_answer#4001\nexit";
    private static readonly DrainOptions Long = DrainOptions.Default with { Deadline = LifeHost.Patience };
    private static readonly DrainOptions AtOnce = DrainOptions.Default with { Deadline = TimeSpan.Zero, Proof = LifeHost.Patience };
    private readonly LifeHost _life = new();

    public static TheoryData<string> Engines => LifeHost.Engines;

    public void Dispose() => _life.Dispose();

    [Fact]
    public void A_plugin_that_nobody_uses_leaves_at_once_and_can_come_again()
    {
        for (int i = 0; i < 3; i++)
        {
            PluginHandle plugin = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
            PluginChange change = _life.Host.Unload("Acme", AtOnce);
            Assert.Empty(change.Findings);
            Assert.Equal("unloaded Acme 1.0", change.ToString());
            LifeHost.AssertGone(plugin);
            Assert.Null(_life.Host.FindPlugin("Acme"));
            Assert.Equal("SKEP3015", Refuse(CallAnswer));
        }
    }

    [Fact]
    public void One_in_use_goes_on_and_names_its_users()
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        using LoadedProgram program = _life.Program(CallAnswer);
        PluginChange change = _life.Host.Unload("Acme", AtOnce);
        Finding finding = Assert.Single(change.Findings);
        Assert.Equal(("SKEP5114", "Acme 1.0 is used by program main (id 1), and goes on"), (finding.Rule.Id, finding.Message));
        Assert.Equal(PluginState.Loaded, plugin.State);
        using LoadedProgram other = _life.Program(CallAnswer);
        Assert.Equal((1ul, 1ul), (program.Run(default).Value, other.Run(default).Value));
    }

    [Fact]
    public async Task It_waits_for_its_users_and_binds_to_nothing_new_meanwhile()
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        using var program = new Held<LoadedProgram>(() => _life.Program(CallAnswer));
        Task<PluginChange> unload = _life.Host.UnloadAsync("Acme", Long, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => plugin.State == PluginState.Draining, LifeHost.Patience));
        Assert.True(SpinWait.SpinUntil(() => Refuse(CallAnswer) == "SKEP3015", LifeHost.Patience));
        Assert.Equal(1ul, program.Use(held => held.Run(default).Value));
        Assert.False(unload.IsCompleted);
        program.Dispose();
        Assert.True((await unload).Succeeded);
        LifeHost.AssertGone(plugin);
    }

    [Fact]
    public void A_drained_plugin_can_be_resumed_or_unloaded()
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        Assert.True(_life.Host.Drain("Acme", AtOnce).Succeeded);
        Assert.Equal(PluginState.Draining, plugin.State);
        Assert.Equal("SKEP3015", Refuse(CallAnswer));
        Assert.Equal("SKEP5212", Assert.Single(_life.Host.Drain("Acme", AtOnce).Findings).Rule.Id);
        Assert.True(_life.Host.Resume("Acme").Succeeded);
        _life.Program(CallAnswer).Dispose();
        Assert.Equal("SKEP5212", Assert.Single(_life.Host.Resume("Acme").Findings).Rule.Id);
        Assert.True(_life.Host.Drain("Acme", AtOnce).Succeeded);
        Assert.True(_life.Host.Unload("Acme", AtOnce).Succeeded);
        LifeHost.AssertGone(plugin);
        Finding unknown = Assert.Single(_life.Host.Unload("Acme", AtOnce).Findings);
        Assert.Equal(("SKEP5211", "Acme"), (unknown.Rule.Id, unknown.Place.Plugin));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Helpers_that_are_taken_away_refuse_and_the_program_goes_on(string engine)
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        using LoadedProgram program = _life.Program("call acme_answer#4001\nr0 += 100\nexit", engine: engine);
        Assert.Equal(101ul, program.Run(default).Value);
        PluginChange change = _life.Host.Unload("Acme", AtOnce with { AtDeadline = AtDeadline.TakeAway });
        Finding finding = Assert.Single(change.Findings);
        Assert.Equal(("SKEP5204", Severity.Warning), (finding.Rule.Id, finding.Severity));
        LifeHost.AssertGone(plugin);
        RunResult result = program.Run(default);
        Assert.Equal((100 + Errno.EFAULT.ToProgram(), TrapKind.None), (result.Value, result.Trap.Kind));
        Assert.Equal(1, program.Statistics.HelperFaults);
    }

    [Fact]
    public void A_source_that_is_taken_away_detaches_its_links_and_types_their_programs()
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.TypeAndSource(1)).Came);
        Use(() =>
        {
            LoadedProgram program = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
            _life.Runtime.Attach(program, "acme", "x").GetOrThrow();
        });
        PluginChange change = _life.Host.Unload("Acme", AtOnce with { AtDeadline = AtDeadline.TakeAway });
        Assert.Equal(
            ["link acme:x (id 1) was detached", "program main (id 1) was unloaded"], change.Findings.Select(finding => finding.Message));
        Assert.True(change.Succeeded);
        Assert.Empty(_life.Runtime.Programs);
        Assert.Empty(_life.Runtime.Links);
        LifeHost.AssertGone(plugin);
    }

    [Fact]
    public void A_map_that_is_taken_away_takes_its_programs_along()
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.Map(1)).Came);
        Use(() =>
        {
            LoadedMap map = _life.Map();
            ProgramSpec spec = LifeHost.Spec("r1 = map[id:0]\nr0 = 0\nexit") with { References = [new MapReference(new SlotIndex(0), "counts")] };
            _life.Runtime.LoadProgram(spec, new Dictionary<string, LoadedMap> { ["counts"] = map }).GetOrThrow();
        });
        PluginChange change = _life.Host.Unload("Acme", AtOnce with { AtDeadline = AtDeadline.TakeAway });
        Assert.Equal(["program main (id 1) was unloaded", "map counts (id 1) was disposed"], change.Findings.Select(finding => finding.Message));
        Assert.Empty(_life.Runtime.Maps);
        LifeHost.AssertGone(plugin);
    }

    [Fact]
    public void A_program_that_somebody_else_holds_is_not_taken_away()
    {
        PluginHandle plugin = Assert.Single(_life.Load(LifeSources.TypeAndSource(1)).Came);
        using LoadedProgram program = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
        using (program.Hold("a test"))
        {
            PluginChange change = _life.Host.Unload("Acme", AtOnce with { AtDeadline = AtDeadline.TakeAway });
            Assert.False(change.Succeeded);
            Assert.Contains("is used by program main (id 1)", change.Findings[^1].Message, StringComparison.Ordinal);
            Assert.Equal(1ul, program.RunEvent(default).Value);
            Assert.Equal(PluginState.Loaded, plugin.State);
        }
    }

    [Fact]
    public void A_back_end_leaves_and_programs_that_did_not_ask_for_it_go_on()
    {
        foreach (string engine in Engines.Select(row => row.Data).Where(engine => engine != "interpreter"))
        {
            LoadedProgram program = _life.Program("r0 = 7\nexit");
            PluginHandle backend = _life.Host.Plugins.First(plugin => plugin.Manifest.Providers.Any(provider => provider.Name == engine));
            Assert.Equal(engine, program.Engine);
            Assert.Empty(_life.Host.Unload(backend.Info.Name, AtOnce).Findings);

            // Machine code needs its back end no more; code of the .NET runtime is its plugin's, and made anew elsewhere.
            Assert.Equal(engine == "cil" ? "interpreter" : engine, program.Engine);
            Assert.Equal(7ul, program.Run(default).Value);
        }
    }

    [Fact]
    public void A_back_end_that_a_program_asked_for_is_in_use()
    {
        using LoadedProgram program = _life.Program("r0 = 7\nexit", engine: "cil");
        string cil = _life.Host.Plugins.First(plugin => plugin.Manifest.Providers.Any(provider => provider.Name == "cil")).Info.Name;
        Assert.Equal(["program main (id 1)"], _life.Host.FindPlugin(cil)!.Holders);
        Assert.Equal("SKEP5114", Assert.Single(_life.Host.Unload(cil, AtOnce).Findings).Rule.Id);
        Assert.Equal((7ul, "cil"), (program.Run(default).Value, program.Engine));
    }

    [Fact]
    public async Task Loads_race_with_a_plugin_that_leaves()
    {
        string path = _life.Lay("first", LifeSources.Answer(1));
        using var end = new CancellationTokenSource();
        Task[] loaders =
        [
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                while (!end.IsCancellationRequested)
                {
                    Result<LoadedProgram> loaded = _life.Runtime.LoadProgram(LifeHost.Spec(CallAnswer), ImmutableDictionary<string, LoadedMap>.Empty);
                    if (loaded.IsSuccess)
                    {
                        using LoadedProgram program = loaded.Value;
                        Assert.Equal(1ul, program.Run(default).Value);
                        Assert.Equal(0, program.Statistics.HelperFaults);
                    }
                }
            })),
        ];
        List<PluginHandle> gone = [];
        for (int i = 0; i < 30; i++)
        {
            PluginChange loaded = _life.Host.Load(path);
            Assert.True(loaded.Succeeded, string.Join("; ", loaded.Findings));
            PluginChange unloaded = _life.Host.Unload("Acme", Long);
            Assert.True(unloaded.Succeeded, string.Join("; ", unloaded.Findings));
            gone.AddRange(unloaded.Went);
        }

        await end.CancelAsync();
        await Task.WhenAll(loaders);
        LifeHost.AssertGone(gone);
    }

    [Fact]
    public async Task Disposing_the_host_ends_a_wait()
    {
        var life = new LifeHost();
        life.Load(LifeSources.Answer(1));
        LoadedProgram program = life.Program(CallAnswer);
        Task<PluginChange> unload = life.Host.UnloadAsync("Acme", Long, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => life.Host.FindPlugin("Acme")!.State == PluginState.Draining, LifeHost.Patience));
        life.Dispose();
        Assert.False((await unload).Succeeded);
        Assert.Throws<ObjectDisposedException>(() => program.Run(default));
        Assert.Throws<ObjectDisposedException>(() => life.Host.Load("x.dll"));
    }

    private string Refuse(string text)
    {
        Result<LoadedProgram> loaded = _life.Runtime.LoadProgram(LifeHost.Spec(text), ImmutableDictionary<string, LoadedMap>.Empty);
        loaded.Value?.Dispose();
        return loaded.Findings.FirstOrDefault()?.Rule.Id ?? "";
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Use(Action action) => action();
}
