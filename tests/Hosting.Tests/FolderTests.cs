using Skep.Findings;
using Skep.Hosting.Tests.Support;
using Skep.Runtime;

namespace Skep.Hosting.Tests;

/// <summary>What a folder of plugins may hold, and what is said about it.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly PluginForge _forge = new();

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void A_plugin_in_its_folder_is_loaded()
    {
        string path = _forge.Add("Acme.Maps", Sources.Map("Acme.Maps", "acme/map"));
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));

        Assert.Empty(host.Findings);
        PluginHandle plugin = Assert.Single(host.Plugins);
        Assert.Equal(("Acme.Maps", new Version(1, 2), path, PluginState.Loaded), (plugin.Info.Name, plugin.Info.Version, plugin.Origin!, plugin.State));
        Assert.Same(plugin.Record, host.Runtime.Registry.FindMapType(new(default, "acme/map"))!.Owner);
        Assert.Same(plugin, host.FindPlugin("Acme.Maps"));
        Assert.Null(host.FindPlugin("Acme"));
    }

    [Fact]
    public void A_file_that_is_named_twice_is_loaded_once()
    {
        string path = _forge.Add("A", Sources.Map("A", "a/map"));
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFile(path).AddPluginFolder(_forge.Root).AddPluginFolder(_forge.Root));
        Assert.Empty(host.Findings);
        Assert.Single(host.Plugins);
    }

    [Fact]
    public void Plugins_of_a_folder_come_in_the_order_of_their_names()
    {
        foreach (string name in (string[])["C", "a", "B"])
        {
            _forge.Add(name, Sources.Map(name, name + "/map"));
        }

        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Assert.Equal(["B", "C", "a"], host.Plugins.Select(plugin => plugin.Info.Name));
    }

    [Fact]
    public void An_assembly_may_hold_several_plugins_and_one_that_throws_does_not_hide_the_others()
    {
        string source = Sources.Map("First", "first/map")
            + "public sealed class Second : IPlugin { public Second() { throw new Exception(\"no\"); } public PluginInfo Info => null; public void Register(IPluginRegistry registry) { } }\n"
            + "public sealed class Third : IPlugin { public PluginInfo Info => new PluginInfo(\"Third\", new Version(1, 0), \"\"); public void Register(IPluginRegistry registry) { } }\n"
            + "internal sealed class Hidden : IPlugin { public PluginInfo Info => null; public void Register(IPluginRegistry registry) { } }\n";
        _forge.Add("Several", source);
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Assert.Equal(["First", "Third"], host.Plugins.Select(plugin => plugin.Info.Name).Order());
        Assert.Equal("SKEP5109", Assert.Single(host.Findings).Rule.Id);
    }

    [Fact]
    public void A_missing_folder_is_an_error_and_a_missing_default_folder_a_warning()
    {
        string missing = Path.Combine(_forge.Root, "nowhere");
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(missing).AddDefaultPluginFolder());
        Assert.Equal(
            [("SKEP5101", Severity.Error, missing), ("SKEP5101", Severity.Warning, Path.Combine(AppContext.BaseDirectory, "plugins"))],
            host.Findings.Select(finding => (finding.Rule.Id, finding.Severity, finding.Place.File!)));
        Assert.Empty(host.Plugins);
    }

    [Fact]
    public void A_plugin_folder_without_its_file_is_an_error_and_the_others_work()
    {
        Directory.CreateDirectory(Path.Combine(_forge.Root, "Empty"));
        _forge.Add("Good", Sources.Map("Good", "good/map"));
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal(("SKEP5102", _forge.PathOf("Empty"), "Empty"), (finding.Rule.Id, finding.Place.File!, finding.Place.Plugin!));
        Assert.Single(host.Plugins);
    }

    [Fact]
    public void An_assembly_without_a_plugin_is_an_error()
    {
        _forge.Lay(_forge.PathOf("Plain"), PluginForge.Library("Plain", "1.0.0.0", "public class Nothing { }"));
        _forge.Add("Hidden", Sources.Usings + "public abstract class Base : IPlugin { public abstract PluginInfo Info { get; } public abstract void Register(IPluginRegistry registry); }");
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Assert.Equal(["SKEP5107", "SKEP5107"], host.Findings.Select(finding => finding.Rule.Id));
    }

    [Fact]
    public void Limits_are_what_the_host_says()
    {
        using SkepHost host = SkepHost.Create(skep => skep.Limit(limits => limits with { MaxFuel = 5 }).Limit(limits => limits with { MaxFindings = 7 }));
        Assert.Equal((5UL, 7), (host.Runtime.Limits.MaxFuel, host.Runtime.Limits.MaxFindings));
    }
}
