using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary><c>skep plugin</c>, and what happens when a plugin is missing or broken.</summary>
public class PluginTests
{
    [Fact]
    public async Task The_list_says_what_is_loaded_from_where_and_what_it_adds()
    {
        JsonElement hash = (await SkepProcess.RunAsync("plugin", "list", "--json")).Expect(0).Json.EnumerateArray().Single(plugin => plugin.GetProperty("name").GetString() == "Skep.Maps.Hash");
        string text = (await SkepProcess.RunAsync("plugin", "list")).Expect(0).Output;

        Assert.EndsWith("Skep.Maps.Hash.dll", hash.GetProperty("origin").GetString(), StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+", hash.GetProperty("version").GetString());
        Assert.Contains("map-type:hash", hash.GetProperty("adds").EnumerateArray().Select(added => added.GetString()));
        Assert.Contains("map-type:hash", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_plugin_is_shown_with_all_that_it_adds()
    {
        SkepResult text = (await SkepProcess.RunAsync("plugin", "show", "Skep.Helpers.Base")).Expect(0);
        JsonElement json = (await SkepProcess.RunAsync("plugin", "show", "Skep.Helpers.Base", "--pretty")).Expect(0).Json;

        Assert.Contains("bpf_map_lookup_elem(", text.Output, StringComparison.Ordinal);
        JsonElement helper = json.GetProperty("providers").EnumerateArray().SelectMany(provider => provider.GetProperty("helpers").EnumerateArray())
            .Single(helper => helper.GetProperty("name").GetString() == "bpf_trace_printk");
        Assert.Equal(6, helper.GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task An_unknown_plugin_is_told_with_those_that_are_there()
        => Assert.Contains("no plugin Acme is loaded; there is Skep.", (await SkepProcess.RunAsync("plugin", "show", "Acme")).Expect(1).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("Skep.Maps.Hash", new[] { "hash", "by_process", "syscount" }, "run", "syscount")]
    [InlineData("Skep.Helpers.Base", new[] { "bpf_trace_printk", "hello_world" }, "run", "hello")]
    [InlineData("Skep.Events.Timer", new[] { "timer", "hello_world" }, "run", "hello")]
    [InlineData("Skep.Programs.Raw", new[] { "raw", "fnv" }, "prog run", "fnv")]
    public async Task A_missing_plugin_is_missed_by_name_and_by_user(string plugin, string[] expected, string verb, string sample)
    {
        using TemporaryFolder plugins = TemporaryFolder.PluginsWithout(plugin);
        SkepResult result = (await SkepProcess.RunAsync([.. verb.Split(' '), SkepProcess.Sample(sample), "--plugins", plugins.Path])).Expect(1);

        Assert.All(expected, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exec_names_the_plugin_that_it_misses()
    {
        using TemporaryFolder plugins = TemporaryFolder.PluginsWithout("Skep.Programs.Raw");
        var environment = new Dictionary<string, string> { ["SKEP_PLUGINS"] = plugins.Path };
        SkepResult result = (await SkepProcess.RunWithAsync("95 00 00 00 00 00 00 00", environment, "exec")).Expect(1);

        Assert.Contains("Skep.Programs.Raw, which `skep exec` needs, is not there", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_is_not_needed_may_be_missing_or_broken()
    {
        using TemporaryFolder plugins = TemporaryFolder.PluginsWithout("Skep.Maps.Hash");
        Directory.CreateDirectory(plugins.File("Acme.Broken"));
        await File.WriteAllTextAsync(Path.Combine(plugins.File("Acme.Broken"), "Acme.Broken.dll"), "this is no assembly");
        SkepResult result = (await SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--max-events", "1", "--plugins", plugins.Path)).Expect(0);

        Assert.Contains("Acme.Broken", result.Error, StringComparison.Ordinal);
        Assert.Contains("warning SKEP5", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("error SKEP", result.Error, StringComparison.Ordinal);
        Assert.Contains("Hello, World!", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_is_named_by_option_or_variable()
    {
        using var empty = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["SKEP_PLUGINS"] = empty.Path };

        Assert.Equal(0, (await SkepProcess.RunWithAsync(null, environment, "plugin", "list", "--json")).Expect(0).Json.GetArrayLength());
        Assert.Equal(0, (await SkepProcess.RunAsync("--plugins", empty.Path, "plugin", "list", "--json")).Expect(0).Json.GetArrayLength());
        Assert.NotEqual(0, (await SkepProcess.RunAsync("plugin", "list", "--json")).Expect(0).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_told()
        => Assert.Contains("no-such-folder", (await SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--plugins", "no-such-folder")).Expect(1).Error, StringComparison.Ordinal);
}
