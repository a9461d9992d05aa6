using System.Runtime.InteropServices;
using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary><c>skep run</c> on what needs no privileges: timers.</summary>
public class RunTests
{
    [Fact]
    public async Task Hello_prints_its_line_and_the_run_is_summed_up()
    {
        SkepResult result = (await SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--max-events", "2")).Expect(0);

        string[] lines = result.Output.Split('\n');
        Assert.All(lines[..2], line => Assert.Matches(@"^ +\d+\.\d{6}  \[\d{3}\] .+-\d+: Hello, World!$", line));
        Assert.Matches(@"\n  hello_world +timer +\w+ +[23] +\d+ ns +0\n", result.Output);
        Assert.Matches(@"\n  timer +500ms +hello_world +[23] +0\n", result.Output);
        Assert.Contains("attached hello_world to timer:500ms", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_an_object_a_line()
    {
        JsonElement[] lines = (await SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--max-events", "1", "--json")).Expect(0).JsonLines;

        Assert.Equal(["attached", "trace", "summary"], lines.Select(line => line.GetProperty("type").GetString()));
        Assert.Equal("Hello, World!", lines[1].GetProperty("text").GetString());
        Assert.Equal("hello_world", lines[1].GetProperty("program").GetString());
        Assert.True(lines[1].GetProperty("time_ns").GetInt64() > 0);
        JsonElement program = lines[2].GetProperty("programs")[0];
        Assert.Equal("timer", program.GetProperty("type").GetString());
        Assert.Equal(0, program.GetProperty("errors").GetInt32());
        Assert.Equal("500ms", lines[2].GetProperty("links")[0].GetProperty("target").GetString());
        Assert.Equal(0, lines[2].GetProperty("lines_dropped").GetInt32());
    }

    [Fact]
    public async Task Globals_are_shown_by_name_and_maps_by_type()
    {
        SkepResult text = (await SkepProcess.RunAsync("run", SkepProcess.Sample("counter"), "--max-events", "5")).Expect(0);
        JsonElement summary = (await SkepProcess.RunAsync("run", SkepProcess.Sample("counter"), "--max-events", "5", "--json")).Expect(0).JsonLines[^1];

        Assert.Matches(@"map buckets \(array, 4 entries\)\n  key  value\n +0 +\d+\n", text.Output);
        Assert.Matches(@"globals \.bss\n  runs: \d+\n  latest: \d+\n", text.Output);
        JsonElement[] maps = [.. summary.GetProperty("maps").EnumerateArray()];
        JsonElement buckets = maps.Single(map => map.GetProperty("name").GetString() == "buckets");
        long runs = maps.Single(map => map.GetProperty("name").GetString() == ".bss").GetProperty("variables").GetProperty("runs").GetInt64();
        Assert.True(runs >= 5, $"{runs} runs");
        Assert.Equal(runs, buckets.GetProperty("entries").EnumerateArray().Sum(entry => entry.GetProperty("value").GetInt64()));
        Assert.Equal(4, buckets.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public async Task Elements_of_a_program_array_are_loaded_with_it_and_run_in_its_place()
    {
        JsonElement[] lines = (await SkepProcess.RunAsync("run", SkepProcess.Sample("relay"), "--max-events", "8", "--json")).Expect(0).JsonLines;

        JsonElement[] traces = [.. lines.Where(line => line.GetProperty("type").GetString() == "trace")];
        Assert.Equal(
            [("greet", "greet"), ("count", "turn 2"), ("greet", "greet"), ("start", "nobody there"), ("greet", "greet")],
            traces[..5].Select(trace => (trace.GetProperty("program").GetString()!, trace.GetProperty("text").GetString()!)));
        JsonElement summary = lines[^1];
        Assert.Equal("start", Assert.Single(summary.GetProperty("links").EnumerateArray()).GetProperty("program").GetString());
        Dictionary<string, long> runs = summary.GetProperty("programs").EnumerateArray().ToDictionary(program => program.GetProperty("name").GetString()!, program => program.GetProperty("runs").GetInt64());
        Assert.Equal(["count", "greet", "rest", "start"], runs.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(runs["greet"], runs["rest"] + 2, runs["start"]);
    }

    [Fact]
    public async Task A_program_is_attached_to_what_the_command_line_says()
    {
        JsonElement summary = (await SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--attach", "timer:20ms", "--for", "400ms", "--json")).Expect(0).JsonLines[^1];

        Assert.Equal("20ms", summary.GetProperty("links")[0].GetProperty("target").GetString());
        Assert.True(summary.GetProperty("links")[0].GetProperty("events").GetInt64() >= 2);
    }

    [Fact]
    public async Task A_program_whose_section_names_no_event_runs_for_one_that_is_named()
    {
        JsonElement summary = (await SkepProcess.RunAsync("run", SkepProcess.Sample("fnv"), "--attach", "timer:10ms", "--max-events", "1", "--json")).Expect(0).JsonLines[^1];

        Assert.Equal("fnv", summary.GetProperty("links")[0].GetProperty("program").GetString());
        Assert.True(summary.GetProperty("programs")[0].GetProperty("runs").GetInt64() >= 1);
    }

    [Theory]
    [InlineData("attach point nosuch", "hello", "--attach", "nosuch:1s")]
    [InlineData("SKEP6003", "hello", "--attach", "timer:soon")]
    [InlineData("there is no program goodbye; the object has hello_world", "hello", "--program", "goodbye")]
    [InlineData("skep prog run", "fnv")]
    [InlineData("SKEP7101: no plugin offers engine z80; there is auto, interpreter", "hello", "--jit", "z80")]
    public async Task What_cannot_be_run_says_why(string expected, string sample, params string[] options)
    {
        SkepResult result = (await SkepProcess.RunAsync(["run", SkepProcess.Sample(sample), .. options])).Expect(1);

        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("no-such-file.o")]
    [InlineData("samples")]
    public async Task What_is_no_object_is_a_finding(string file)
        => Assert.Contains(file, (await SkepProcess.RunAsync("run", file)).Expect(1).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task A_signal_ends_in_order(PosixSignal signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are POSIX's");
        using SkepProcess process = SkepProcess.Start("run", SkepProcess.Sample("hello"));
        string seen = await process.ReadUntilAsync(line => line.Contains("Hello, World!", StringComparison.Ordinal));
        process.Signal(signal);
        SkepResult result = (await process.FinishAsync(seen)).Expect(0);

        Assert.Contains("programs\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("links\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_any_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes end differently there");
        using SkepProcess process = SkepProcess.Start("run", SkepProcess.Sample("hello"), "--attach", "timer:5ms");
        await process.ReadUntilAsync(line => line.Contains("Hello, World!", StringComparison.Ordinal));

        Assert.Equal(0, await process.CloseOutputAsync());
    }

    [Fact]
    public async Task Two_runs_do_not_disturb_each_other()
    {
        SkepResult[] results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--max-events", "2")));

        Assert.All(results, result => Assert.Equal(2, result.Expect(0).Output.Split("Hello, World!").Length - 1));
    }
}
