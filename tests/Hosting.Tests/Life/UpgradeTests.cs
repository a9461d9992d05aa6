using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests.Life;

/// <summary>Another version takes a plugin's place: programs move or stay, as is right, and the old version is really gone.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string CallAnswer = "call acme_answer#4001\nexit";
    private readonly LifeHost _life = new();

    public static TheoryData<string> Engines => LifeHost.Engines;

    public void Dispose() => _life.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public void Programs_go_on_in_the_new_version(string engine)
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        LoadedProgram program = _life.Program(CallAnswer, engine: engine);
        ProgramId id = program.Id;
        Assert.Equal(1ul, program.Run(default).Value);

        PluginChange change = _life.Upgrade(LifeSources.Answer(2));
        Assert.True(change.Succeeded, string.Join("; ", change.Findings));
        Assert.Equal("upgraded Acme 1.0 to Acme 2.0", change.ToString());
        Assert.Equal((2ul, engine, id), (program.Run(default).Value, program.Engine, program.Id));
        Assert.Same(program, Assert.Single(_life.Runtime.Programs));
        Assert.Equal(["program main (id 1)"], Assert.Single(change.Came).Holders);
        Assert.Same(change.Came[0], _life.Host.FindPlugin("Acme"));
        Assert.Equal(0, program.Statistics.HelperFaults);
        LifeHost.AssertGone(first);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_program_with_the_helpers_code_in_it_gets_the_new_code(string engine)
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.Inlined(1)).Came);
        LoadedProgram program = _life.Program(CallAnswer, engine: engine);
        Assert.Equal(1ul, program.Run(default).Value);
        Assert.True(_life.Upgrade(LifeSources.Inlined(2)).Succeeded);
        Assert.Equal(2ul, program.Run(default).Value);
        LifeHost.AssertGone(first);
    }

    [Fact]
    public void A_changed_prototype_is_named_and_nothing_happens()
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.Answer(1, "new HelperArgument(HelperArgumentKind.Anything, \"ipv4\")")).Came);
        LoadedProgram program = _life.Program("r1 = 0\ncall acme_answer#4001\nexit");
        PluginChange change = _life.Upgrade(LifeSources.Answer(2, "new HelperArgument(HelperArgumentKind.Context, \"ipv4\")"));
        Finding finding = Assert.Single(change.Findings);
        Assert.Equal("SKEP5201", finding.Rule.Id);
        Assert.Equal("program main (id 1) calls acme/answer: argument 1 (ipv4) was Anything and is Context (from Acme 1.0 to Acme 2.0)", finding.Message);
        Assert.Equal("Acme was not upgraded", change.ToString());
        Assert.Equal((1ul, PluginState.Loaded), (program.Run(default).Value, first.State));
        Assert.Same(first, _life.Host.FindPlugin("Acme"));
    }

    [Fact]
    public void Programs_that_depend_on_what_changed_may_stay_behind()
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        using var old = new Held<LoadedProgram>(() => _life.Program(CallAnswer));
        PluginChange change = _life.Upgrade(
            LifeSources.Answer(2, "new HelperArgument(HelperArgumentKind.Anything, \"ipv4\")"), new UpgradeOptions { LeaveDependentsBehind = true });
        Assert.True(change.Succeeded);
        Finding finding = Assert.Single(change.Findings);
        Assert.Equal(("SKEP5214", Severity.Warning), (finding.Rule.Id, finding.Severity));
        Assert.Contains("Acme 1.0 is still used by program main (id 1); program main (id 1) calls acme/answer: it had 0 arguments and has 1", finding.Message, StringComparison.Ordinal);
        LoadedProgram next = _life.Program("r1 = 0\ncall acme_answer#4001\nexit");
        Assert.Equal((1ul, 2ul), (old.Use(program => program.Run(default).Value), next.Run(default).Value));
        Assert.Equal([(1, PluginState.Draining), (2, PluginState.Loaded)], _life.Host.Plugins.Where(plugin => plugin.Info.Name == "Acme").Select(plugin => (plugin.Info.Version.Major, plugin.State)));
        old.Dispose();
        LifeHost.AssertGone(first);
        Assert.Equal(2ul, next.Run(default).Value);
    }

    [Fact]
    public void A_changed_program_type_is_named()
    {
        _life.Load(LifeSources.TypeAndSource(1));
        LoadedProgram program = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
        Finding finding = Assert.Single(_life.Upgrade(LifeSources.TypeAndSource(2, size: 16)).Findings);
        Assert.Equal("SKEP5202", finding.Rule.Id);
        Assert.Contains("is a acme/type program, whose context, results or helpers are others in Acme 2.0", finding.Message, StringComparison.Ordinal);
        Assert.Equal(1ul, program.RunEvent(default).Value);
    }

    [Fact]
    public void A_program_type_that_describes_itself_the_same_way_takes_its_programs_over()
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.TypeAndSource(1)).Came);
        LoadedProgram program = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
        using var link = (LifeHost.TestLink)_life.Runtime.Attach(program, "test", "x").GetOrThrow();
        Assert.Equal(1ul, link.Fire().Value);
        Assert.True(_life.Upgrade(LifeSources.TypeAndSource(2)).Succeeded);
        Assert.Equal(2ul, link.Fire().Value);
        LifeHost.AssertGone(first);
    }

    [Fact]
    public void Maps_stay_with_their_version_and_new_ones_get_the_new()
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.Map(1)).Came);
        using var old = new Held<LoadedMap>(_life.Map);
        PluginChange change = _life.Upgrade(LifeSources.Map(2));
        Assert.True(change.Succeeded);
        Assert.Contains("used by map counts (id 1)", Assert.Single(change.Findings).Message, StringComparison.Ordinal);
        using LoadedMap next = _life.Map();
        Assert.Equal(("Version 1.", "Version 2."), (old.Use(map => map.Type.Descriptor.Description), next.Type.Descriptor.Description));
        old.Dispose();
        LifeHost.AssertGone(first);
    }

    [Fact]
    public void A_link_keeps_its_version_and_the_program_that_it_drives()
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.TypeAndSource(1)).Came);
        LoadedProgram program = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
        using var link = new Held<Link>(() => _life.Runtime.Attach(program, "acme", "x").GetOrThrow());
        PluginChange change = _life.Upgrade(LifeSources.TypeAndSource(2));
        Assert.Contains("used by link acme:x (id 1), program main (id 1)", Assert.Single(change.Findings).Message, StringComparison.Ordinal);
        Assert.Equal(1ul, program.RunEvent(default).Value);

        // The new source does not know what the old type agreed on with the old source.
        Assert.Equal("SKEP6008", Assert.Single(_life.Runtime.Attach(program, "acme", "x").Findings).Rule.Id);
        using LoadedProgram other = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
        Assert.IsType<ArgumentException>(link.Use(held => Record.Exception(() => held.Replace(other))));
        link.Dispose();

        // And when it has gone the program moves by itself.
        Assert.True(SpinWait.SpinUntil(() => program.RunEvent(default).Value == 2, LifeHost.Patience));
        LifeHost.AssertGone(first);
        _life.Runtime.Attach(program, "acme", "x").GetOrThrow().Dispose();
    }

    [Fact]
    public void Tail_calls_go_on_in_the_new_version()
    {
        PluginHandle first = Assert.Single(_life.Load(LifeSources.TypeAndSource(1, source: false)).Came);
        var array = new MapSpec { Name = "jumps", Type = new MapTypeReference(new MapTypeNumber(3)), KeySize = 4, ValueSize = 4, MaxEntries = 1 };
        using LoadedMap map = _life.Runtime.CreateMap(array).GetOrThrow();
        ProgramSpec caller = LifeHost.Spec("r2 = map[id:0]\nr3 = 0\ncall bpf_tail_call#12\nr0 = 99\nexit", "acme") with { References = [new MapReference(new SlotIndex(0), "jumps")] };
        LoadedProgram entry = _life.Runtime.LoadProgram(caller, new Dictionary<string, LoadedMap> { ["jumps"] = map }).GetOrThrow();
        LoadedProgram target = _life.Program("r0 = *(u64 *)(r1 +0)\nexit", "acme");
        Assert.Equal(Errno.None, ((IObjectMap<LoadedProgram>)map.Map).Set(new byte[4], target));
        Assert.Equal(1ul, entry.RunEvent(default).Value);
        Assert.True(_life.Upgrade(LifeSources.TypeAndSource(2, source: false)).Succeeded);
        Assert.Equal(2ul, entry.RunEvent(default).Value);
        LifeHost.AssertGone(first);

        // The array's type is that of its first program, in whatever version.
        using LoadedProgram later = _life.Program("r0 = 5\nexit", "acme");
        Assert.Equal(Errno.None, ((IObjectMap<LoadedProgram>)map.Map).Set(new byte[4], later));
        Assert.Equal(5ul, entry.RunEvent(default).Value);
        ((IObjectMap<LoadedProgram>)map.Map).Set(new byte[4], null);
        entry.Dispose();
    }

    [Fact]
    public void An_upgrade_from_inside_of_a_run_is_refused()
    {
        _life.Load(LifeSources.Answer(1));
        string next = _life.Lay("next", LifeSources.Answer(2));
        using LoadedProgram program = _life.Program("r0 = 0\nexit");
        using var link = (LifeHost.TestLink)_life.Runtime.Attach(program, "test", "x").GetOrThrow();
        Exception? thrown = null;
        LifeHost.TestType.OnEnter.Value = () => thrown = Record.Exception(() => _life.Host.Upgrade("Acme", next));
        link.Fire();
        LifeHost.TestType.OnEnter.Value = null;
        Assert.IsType<InvalidOperationException>(thrown);
    }
}
