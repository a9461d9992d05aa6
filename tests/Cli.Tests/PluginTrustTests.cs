using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary><c>skep plugin trust</c> and <c>skep plugin lock</c>.</summary>
public class PluginTrustTests
{
    [Fact]
    public async Task Lists_are_written_with_a_hash_for_each_file()
    {
        using TemporaryFolder plugins = TemporaryFolder.PluginsWithout("Skep.Maps.Hash");
        JsonElement trusted = (await SkepProcess.RunAsync("plugin", "trust", Path.Combine(plugins.Path, "Skep.Maps.Array"), "--plugins", plugins.Path, "--json")).Expect(0).Json;
        Assert.Equal("Skep.Maps.Array", trusted.EnumerateArray().Single().GetProperty("name").GetString());
        string list = Path.Combine(plugins.Path, "plugins.trust.json");
        Assert.Equal(64, ReadPlugins(list).GetProperty("Skep.Maps.Array").GetProperty("files").GetProperty("Skep.Maps.Array.dll").GetString()!.Length);

        // What is there stays.
        (await SkepProcess.RunAsync("plugin", "trust", Path.Combine(plugins.Path, "Skep.Maps.Ring", "Skep.Maps.Ring.dll"), "--plugins", plugins.Path)).Expect(0);
        Assert.Equal(["Skep.Maps.Array", "Skep.Maps.Ring"], ReadPlugins(list).EnumerateObject().Select(plugin => plugin.Name));

        (await SkepProcess.RunAsync("plugin", "lock", "--plugins", plugins.Path)).Expect(0);
        JsonElement locked = ReadPlugins(Path.Combine(plugins.Path, "plugins.lock.json"));
        Assert.Equal(
            ReadPlugins(list).GetProperty("Skep.Maps.Array").GetProperty("files").ToString(), locked.GetProperty("Skep.Maps.Array").GetProperty("files").ToString());
        Assert.NotEmpty(locked.GetProperty("Skep.Helpers.Base").GetProperty("version").GetString()!);
    }

    [Fact]
    public async Task What_is_no_plugin_is_not_listed()
    {
        using TemporaryFolder plugins = TemporaryFolder.PluginsWithout("Skep.Maps.Hash");
        Assert.Contains("SKEP5102", (await SkepProcess.RunAsync("plugin", "trust", Path.Combine(plugins.Path, "nothing"), "--plugins", plugins.Path)).Expect(1).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(plugins.Path, "plugins.trust.json")));
    }

    private static JsonElement ReadPlugins(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("plugins");
}
