using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary>What is here: <c>skep attach list</c> and <c>skep feature</c>.</summary>
public class MachineTests
{
    [Fact]
    public async Task Every_feature_has_an_answer_and_what_does_not_work_a_reason()
    {
        JsonElement[] features = [.. (await SkepProcess.RunAsync("feature", "--json")).Expect(0).Json.EnumerateArray()];

        Assert.All(features, feature => Assert.NotEqual("", feature.GetProperty("detail").GetString()));
        Assert.True(features.Single(feature => feature.GetProperty("feature").GetString() == "interpreter").GetProperty("works").GetBoolean());
        Assert.Contains("attach timer", features.Select(feature => feature.GetProperty("feature").GetString()));
        Assert.Contains("attach tracepoint", features.Select(feature => feature.GetProperty("feature").GetString()));
    }

    [Fact]
    public async Task Features_are_a_table_for_people()
        => Assert.Matches(@"^feature +works +detail +way out\n", (await SkepProcess.RunAsync("feature")).Expect(0).Output);

    [Fact]
    public async Task Targets_are_listed_and_narrowed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "tracepoints are listed by root on Linux");
        JsonElement[] all = [.. (await SkepProcess.RunAsync("attach", "list", "--json")).Expect(0).Json.EnumerateArray()];
        JsonElement[] some = [.. (await SkepProcess.RunAsync("attach", "list", "tracepoint:sched/*exec", "--json")).Expect(0).Json.EnumerateArray()];

        Assert.True(all.Length > 300, $"{all.Length} targets");
        Assert.Contains("sched/sched_process_exec", some.Select(target => target.GetProperty("target").GetString()));
        Assert.All(some, target => Assert.Equal("tracepoint", target.GetProperty("attach_point").GetString()));
    }

    [Fact]
    public async Task A_pattern_that_nothing_matches_gives_an_empty_list()
    {
        Assert.Equal("[]\n", (await SkepProcess.RunAsync("attach", "list", "no such thing", "--json")).Expect(0).Output);
        Assert.Equal("(no such target)\n", (await SkepProcess.RunAsync("attach", "list", "no such thing")).Expect(0).Output);
    }
}
