using Skep.Findings;
using Skep.Hosting.Tests.Support;
using Skep.Runtime;

namespace Skep.Hosting.Tests.Life;

/// <summary>What is wrong with a plugin that comes into a living host is a finding, and the host is as it was.</summary>
public sealed class LoadTests : IDisposable
{
    private const string Throw = "throw new InvalidOperationException(\"on purpose\");";
    private readonly LifeHost _life = new(skep => skep.CallDeadline(TimeSpan.FromSeconds(20)));

    public static TheoryData<string, string> Bad
    {
        get
        {
            TheoryData<string, string> bad = [];
            foreach (var row in MisbehaviourTests.Throwing)
            {
                bad.Add(row.Data.Item1.Replace("\"Bad\"", "\"Acme\"", StringComparison.Ordinal), row.Data.Item2);
            }

            bad.Add(LifeSources.Answer(2).Replace(" 0UL", " 0UL", StringComparison.Ordinal).Replace("new HelperNumber(4001)", "new HelperNumber(12)", StringComparison.Ordinal), "SKEP5001");
            return bad;
        }
    }

    public void Dispose() => _life.Dispose();

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_bad_does_not_come_in(string source, string rule)
    {
        Registry before = _life.Runtime.Registry;
        int plugins = _life.Host.Plugins.Length;
        PluginChange change = _life.Load(source);
        Assert.Equal(rule, Assert.Single(change.Findings).Rule.Id);
        Assert.Empty(change.Came);
        Assert.Same(before, _life.Runtime.Registry);
        Assert.Equal(plugins, _life.Host.Plugins.Length);
        Assert.True(_life.Load(LifeSources.Answer(1)).Succeeded);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_bad_takes_nobodys_place(string source, string rule)
    {
        PluginHandle good = Assert.Single(_life.Load(LifeSources.Answer(1)).Came);
        using Skep.Programs.LoadedProgram program = _life.Program("call acme_answer#4001\nexit");
        PluginChange change = _life.Upgrade(source);
        Assert.Equal(rule, Assert.Single(change.Findings).Rule.Id);
        Assert.Equal((PluginState.Loaded, 1ul), (good.State, program.Run(default).Value));
        Assert.Same(good, _life.Host.FindPlugin("Acme"));
        Assert.True(_life.Host.Upgrade("Acme", _life.Lay("third", LifeSources.Answer(3))).Succeeded);
        Assert.Equal(3ul, program.Run(default).Value);
    }

    [Fact]
    public void What_was_refused_is_unloaded_at_once()
    {
        string watched = LifeSources.Answer(2).Replace("_gone = true;", "AppDomain.CurrentDomain.SetData(\"gone\", new WeakReference(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(typeof(Set).Assembly), true));", StringComparison.Ordinal);
        _life.Load(LifeSources.Answer(1));
        Assert.Equal("SKEP5001", _life.Host.Load(_life.Lay("next", watched)).Findings[0].Rule.Id);
        var context = (WeakReference)AppDomain.CurrentDomain.GetData("gone")!;
        for (int i = 0; i < 50 && context.IsAlive; i++)
        {
#pragma warning disable RS0030 // A refused plugin has no handle and so no probe.
            GC.Collect();
#pragma warning restore RS0030
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive);
    }

    [Theory]
    [InlineData("Register")]
    [InlineData("its constructor")]
    [InlineData("making its providers")]
    public void What_never_returns_is_left_behind(string where)
    {
        const string Hang = "new System.Threading.ManualResetEvent(false).WaitOne();";
        using var life = new LifeHost(skep => skep.CallDeadline(TimeSpan.FromMilliseconds(400)));
        life.Load(LifeSources.Answer(1));
        PluginChange change = life.Upgrade(where switch
        {
            "Register" => Sources.Plugin("Acme", Hang),
            "its constructor" => Sources.Plugin("Acme", "", constructor: Hang),
            _ => Sources.Map("Acme", "bad/map", onMake: Hang),
        });
        Finding finding = Assert.Single(change.Findings);
        Assert.Equal(("SKEP5110", $"{where} did not return within 0.4 s"), (finding.Rule.Id, finding.Message));
        Assert.Equal(1, life.Host.FindPlugin("Acme")!.Info.Version.Major);
    }

    [Fact]
    public void A_file_with_another_plugin_is_no_upgrade()
    {
        _life.Load(LifeSources.Answer(1));
        Assert.Equal("SKEP5213", Assert.Single(_life.Upgrade(Sources.Map("Other", "other/map")).Findings).Rule.Id);
        Assert.Equal("SKEP5211", Assert.Single(_life.Host.Upgrade("Nobody", _life.Forge.PathOf("Acme")).Findings).Rule.Id);
        Assert.Equal("SKEP5102", Assert.Single(_life.Host.Upgrade("Acme", _life.Forge.PathOf("Nowhere")).Findings).Rule.Id);
        Assert.Equal("SKEP5103", Assert.Single(_life.Host.Load(_life.Forge.Lay(_life.Forge.PathOf("Broken"), "MZ")).Findings).Rule.Id);
    }

    [Fact]
    public void A_plugin_built_against_another_contract_is_refused()
    {
        byte[] contracts = PluginForge.Library("Skep.Core", "99.0.0.0", "namespace Skep.Contracts { public interface IPlugin { } }");
        byte[] plugin = PluginForge.Compile("Acme", "public class P : Skep.Contracts.IPlugin { }", [Microsoft.CodeAnalysis.MetadataReference.CreateFromImage(contracts)]);
        _life.Load(LifeSources.Answer(1));
        PluginChange change = _life.Host.Upgrade("Acme", _life.Forge.Lay(_life.Forge.PathOf("Acme"), plugin));
        Assert.Equal("SKEP5105", Assert.Single(change.Findings).Rule.Id);
        Assert.NotNull(_life.Host.FindPlugin("Acme"));
    }

    [Fact]
    public void Two_versions_may_have_different_versions_of_a_dependency()
    {
        for (int version = 1; version <= 2; version++)
        {
            byte[] dependency = PluginForge.Library("Dep", $"{version}.0.0.0", "public static class Dep { }");
            string source = Sources.Map("Acme", "acme/map", onMake: "Descriptor = Descriptor with { Description = typeof(Dep).Assembly.GetName().Version.ToString() };");
            string folder = Path.Combine(_life.Forge.Root, $"v{version}");
            string path = _life.Forge.Lay(Path.Combine(folder, "Acme.dll"), PluginForge.Compile("Acme", source, [.. PluginForge.Contracts, Microsoft.CodeAnalysis.MetadataReference.CreateFromImage(dependency)]));
            _life.Forge.Lay(Path.Combine(folder, "Dep.dll"), dependency);
            PluginChange change = version == 1 ? _life.Host.Load(path) : _life.Host.Upgrade("Acme", path);
            Assert.True(change.Succeeded);
            using LoadedMap map = _life.Map();
            Assert.Equal($"{version}.0.0.0", map.Type.Descriptor.Description);
        }
    }

    [Fact]
    public void A_helper_that_throws_before_and_after_is_counted_on_the_program()
    {
        string bad = LifeSources.Answer(1).Replace("_gone ?", "r1 == 0 ?", StringComparison.Ordinal);
        _life.Load(bad);
        using Skep.Programs.LoadedProgram program = _life.Program("r1 = 0\ncall acme_answer#4001\nr0 = 3\nexit");
        Assert.Equal(3ul, program.Run(default).Value);
        Assert.True(_life.Upgrade(bad).Succeeded);
        Assert.Equal(3ul, program.Run(default).Value);
        Assert.Equal(2, program.Statistics.HelperFaults);
    }
}
