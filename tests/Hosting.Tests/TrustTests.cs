using Skep.Findings;
using Skep.Hosting.Tests.Support;
using Skep.Hosting.Trust;

namespace Skep.Hosting.Tests;

/// <summary>Which plugin files a host takes.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly PluginForge _forge = new();
    private readonly string _list;

    public TrustTests()
    {
        _list = Path.Combine(_forge.Root, PluginLedger.TrustFileName);
        _forge.Add("One", Sources.Map("One", "one/map"));
        _forge.Add("Two", Sources.Map("Two", "two/map"));
        File.WriteAllText(Path.Combine(_forge.Root, "One", "data.txt"), "data");
    }

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void What_is_listed_is_loaded_from_a_copy_that_goes_with_the_host()
    {
        Trust("One", "Two");
        string copy;
        using (SkepHost host = Create(skep => skep.RequireTrust(_list)))
        {
            Assert.Empty(host.Findings);
            Assert.Equal(["One", "Two"], host.Plugins.Select(plugin => plugin.Info.Name));
            Assert.Equal(Dll("One"), host.Plugins[0].Origin);
            copy = host.Runtime.Registry.MapTypes[0].Provider.GetType().Assembly.Location;
            Assert.NotEqual(Dll("One"), copy);
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(copy)!, "data.txt")));
            if (!OperatingSystem.IsWindows())
            {
                string root = Path.GetFullPath(Path.Combine(copy, "../../.."));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(root));
            }
        }

        Assert.False(File.Exists(copy));
    }

    [Fact]
    public void What_is_not_listed_is_refused()
    {
        Trust("Two");
        using SkepHost host = Create(skep => skep.RequireTrust(_list));
        Assert.Equal("Two", Assert.Single(host.Plugins).Info.Name);
        Assert.Equal(TrustRules.NotListed, Assert.Single(host.Findings).Rule);
    }

    [Theory]
    [InlineData("data.txt", true, "SKEP5122")]
    [InlineData("data.txt", false, "SKEP5123")]
    [InlineData("more.dll", true, "SKEP5121")]
    [InlineData("One.dll", true, "SKEP5122")]
    public void A_file_that_changed_came_or_went_is_refused(string file, bool isThere, string rule)
    {
        Trust("One", "Two");
        string path = Path.Combine(_forge.Root, "One", file);
        if (isThere)
        {
            File.AppendAllText(path, "changed");
        }
        else
        {
            File.Delete(path);
        }

        using SkepHost host = Create(skep => skep.RequireTrust(_list));
        Assert.Equal("Two", Assert.Single(host.Plugins).Info.Name);
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal((rule, path), (finding.Rule.Id, finding.Place.File));
        if (rule == TrustRules.Changed.Id)
        {
            Assert.Contains(PluginFiles.Hash(Dll("One")).Files[file], finding.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{ "version": 2, "plugins": {} }""")]
    [InlineData("""{ "version": 1 }""")]
    [InlineData("""{ "version": 1, "plugins": { "One": { "files": { "One.dll": "abc" } } } }""")]
    public void Without_a_readable_list_nothing_is_loaded(string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(_list, text);
        }

        using SkepHost host = Create(skep => skep.RequireTrust(_list));
        Assert.Empty(host.Plugins);
        Assert.Equal(TrustRules.BadLedger, Assert.Single(host.Findings).Rule);
    }

    [Fact]
    public void A_lock_takes_what_was_loaded_and_nothing_else()
    {
        string path = Path.Combine(_forge.Root, PluginLedger.LockFileName);
        using (SkepHost host = Create(skep => skep.RecordFiles()))
        {
            host.WriteLock(path);
        }

        Assert.Equal("1.2", PluginLedger.Read(path).GetOrThrow().Plugins["One"].Version);
        using (SkepHost host = Create(skep => skep.RequireLock(path)))
        {
            Assert.Empty(host.Findings);
        }

        Directory.Delete(Path.Combine(_forge.Root, "Two"), recursive: true);
        _forge.Add("Three", Sources.Map("Three", "three/map"));
        using (SkepHost host = Create(skep => skep.RequireLock(path)))
        {
            Assert.Equal("One", Assert.Single(host.Plugins).Info.Name);
            Assert.Equal([TrustRules.NotListed, TrustRules.Gone], host.Findings.Select(finding => finding.Rule));
        }
    }

    [Fact]
    public void A_lock_needs_hashes_of_what_was_loaded()
    {
        using SkepHost host = Create(_ => { });
        Assert.Throws<InvalidOperationException>(() => host.WriteLock(_list));
    }

    [Theory]
    [InlineData("One/One.dll")]
    [InlineData("One")]
    [InlineData("")]
    public void Where_everybody_can_write_nothing_is_loaded_from(string open)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix permissions");
        string path = Path.Combine(_forge.Root, open);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherWrite);
        }

        using (SkepHost host = Create(_ => { }))
        {
            Assert.DoesNotContain(host.Plugins, plugin => plugin.Info.Name == "One");
            Assert.All(host.Findings, finding => Assert.Equal(TrustRules.OpenPlace, finding.Rule));
            Assert.Contains(path.TrimEnd('/'), host.Findings[0].Message, StringComparison.Ordinal);
        }

        using SkepHost careless = Create(skep => skep.Trust(trust => trust with { AllowsOpenPlaces = true }));
        Assert.Equal(2, careless.Plugins.Length);
    }

    [Fact]
    public void Links_are_followed_to_where_everybody_can_write()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix permissions");
        using var elsewhere = new PluginForge();
        elsewhere.Add("Linked", Sources.Map("Linked", "linked/map"));
        Directory.CreateSymbolicLink(Path.Combine(_forge.Root, "Linked"), Path.Combine(elsewhere.Root, "Linked"));
        Assert.Null(PlaceCheck.FindObstacle(Dll("Linked"), owners: true));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(elsewhere.Root, File.GetUnixFileMode(elsewhere.Root) | UnixFileMode.OtherWrite);
        }

        Assert.Equal(TrustRules.OpenPlace, PlaceCheck.FindObstacle(Dll("Linked"), owners: true)?.Rule);
    }

    private string Dll(string name) => Path.Combine(_forge.Root, name, name + ".dll");

    private void Trust(params string[] plugins)
    {
        PluginLedger ledger = PluginLedger.Empty;
        foreach (string plugin in plugins)
        {
            ledger = new PluginLedger(ledger.Plugins.Add(plugin, PluginFiles.Hash(Dll(plugin))));
        }

        ledger.Write(_list);
    }

    private SkepHost Create(Action<SkepBuilder> configure) => SkepHost.Create(skep => configure(skep.AddPluginFolder(_forge.Root)));
}
