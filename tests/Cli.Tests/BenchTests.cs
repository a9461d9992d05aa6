using System.Runtime.InteropServices;
using System.Text.Json;
using Skep.Cli.Tests.Support;

namespace Skep.Cli.Tests;

/// <summary><c>skep bench</c>.</summary>
public sealed class BenchTests : IDisposable
{
    private const string Data = "0102030405060708090a0b0c0d0e0f10";

    private readonly BackendFolder _plugins = new();

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public async Task Engines_are_compared_in_a_table_with_bars()
    {
        string output = (await BenchAsync("checksum", "--data-in", Data, "--for", "100ms", "--jit", "steps", "interpreter")).Expect(0).Output;

        Assert.Matches(@"^checksum \(xdp\), 16 bytes of data: the middle of \d+ rounds? in \d+\.\d s\n", output);
        Assert.Matches(@"\n  \w+ +[\d.]+ (ns|µs|ms) +1\.00× +[█▏▎▍▌▋▊▉]+", output);
        Assert.Matches(@"\n  steps +[\d.]+ (ns|µs|ms) .* [\d.]+ (ns|µs|ms)", output);
        Assert.EndsWith("All gave the same result and left the same data and maps.\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_same()
    {
        JsonElement json = (await BenchAsync("checksum", "--data-in", Data, "--for", "100ms", "--jit", "steps", "interpreter", "--json")).Expect(0).Json;
        JsonElement[] engines = [.. json.GetProperty("engines").EnumerateArray()];

        Assert.Equal("checksum", json.GetProperty("program").GetString());
        Assert.Equal(16, json.GetProperty("input_bytes").GetInt32());
        Assert.False(json.GetProperty("interrupted").GetBoolean());
        Assert.Equal(["interpreter", "steps"], engines.Select(engine => engine.GetProperty("engine").GetString()).Order());
        Assert.Equal(1, engines[0].GetProperty("ratio").GetDouble());
        Assert.All(engines, engine => Assert.True(engine.GetProperty("ns_per_run").GetDouble() > 0));
        Assert.All(engines, engine => Assert.True(engine.GetProperty("least_ns").GetDouble() <= engine.GetProperty("most_ns").GetDouble()));
        Assert.Equal(JsonValueKind.Null, engines.Single(engine => engine.GetProperty("engine").GetString() == "interpreter").GetProperty("compile_ns").ValueKind);
        Assert.True(engines.Single(engine => engine.GetProperty("engine").GetString() == "steps").GetProperty("compile_ns").GetInt64() > 0);
        Assert.False(engines[0].TryGetProperty("", out _));
    }

    [Fact]
    public async Task What_changes_from_run_to_run_is_not_compared_and_said()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("clock.o"), ThatReturnsTheTime(await File.ReadAllBytesAsync(SkepProcess.Sample("hello"))));
        string[] bench = ["bench", folder.File("clock.o"), "--for", "50ms", "--jit", "interpreter", "steps"];
        SkepResult text = (await _plugins.RunAsync(bench)).Expect(0);
        JsonElement json = (await _plugins.RunAsync([.. bench, "--json"])).Expect(0).Json;

        Assert.EndsWith("Not compared, since it changes from run to run: the result.\n", text.Output, StringComparison.Ordinal);
        Assert.Equal(["the result"], json.GetProperty("not_compared").EnumerateArray().Select(part => part.GetString()));
    }

    [Fact]
    public async Task Engines_that_differ_are_an_error()
    {
        SkepResult result = (await BenchAsync("checksum", "--data-in", Data, "--jit", "interpreter", "liar")).Expect(1);

        Assert.Matches(@"SKEP8013: the result: liar has 0x7, interpreter has 0x[0-9a-f]+", result.Error);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_back_end_that_steps_aside_is_left_out_and_says_why()
    {
        SkepResult result = (await BenchAsync("checksum", "--data-in", Data, "--for", "50ms", "--jit", "interpreter", "refuser", "--json")).Expect(0);

        Assert.Contains("SKEP7103: refuser did not compile checksum: not today", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Json.GetProperty("engines").EnumerateArray(), engine => engine.GetProperty("engine").GetString() == "refuser");
    }

    [Fact]
    public async Task Ctrl_C_ends_early_with_what_was_measured()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are POSIX's");
        using SkepProcess process = SkepProcess.Start(
            "bench", SkepProcess.Sample("checksum"), "--data-in", Data, "--for", "1h", "--jit", "interpreter", "--json", "--plugins", _plugins.Path);
        await process.WaitForErrorAsync("measuring checksum on interpreter; Ctrl-C ends early");
        process.Signal(PosixSignal.SIGINT);
        SkepResult result = (await process.FinishAsync()).Expect(0);

        Assert.True(result.Json.GetProperty("interrupted").GetBoolean());
        Assert.True(result.Json.GetProperty("engines")[0].GetProperty("rounds").GetInt32() >= 1);
    }

    [Theory]
    [InlineData(1, "SKEP7101: no plugin offers engine z80", "checksum", "--jit", "z80")]
    [InlineData(1, "there is no program other; the object has checksum", "checksum:other")]
    [InlineData(1, "no-such-data", "checksum", "--data-in", "@no-such-data")]
    [InlineData(2, "--data-in is not hexadecimal bytes", "checksum", "--data-in", "xyz")]
    [InlineData(2, "is no duration", "checksum", "--for", "long")]
    public async Task What_cannot_be_measured_says_why(int exitCode, string expected, string sample, params string[] options)
    {
        string[] parts = sample.Split(':');
        string locator = SkepProcess.Sample(parts[0]) + (parts.Length > 1 ? ":" + parts[1] : "");

        Assert.Contains(expected, (await _plugins.RunAsync(["bench", locator, .. options])).Expect(exitCode).Error, StringComparison.Ordinal);
    }

    /// <summary>The object with its call of bpf_trace_printk made one of bpf_ktime_get_ns, whose result it returns.</summary>
    private static byte[] ThatReturnsTheTime(byte[] image)
    {
        byte[] call = [0x85, 0, 0, 0, 6, 0, 0, 0, 0xb7, 0, 0, 0, 0, 0, 0, 0];
        int at = image.AsSpan().IndexOf(call);
        Assert.True(at > 0, "the sample calls bpf_trace_printk and returns 0");
        image[at + 4] = 5;
        image[at + 9] = 6;
        return image;
    }

    private Task<SkepResult> BenchAsync(string sample, params string[] options) => _plugins.RunAsync(["bench", SkepProcess.Sample(sample), .. options]);
}
