using Skep.Cli.Tests.Support;

namespace Skep.Cli.Tests;

/// <summary><c>--jit</c>: what runs a program, and what is said when it is not what was asked for.</summary>
public sealed class EngineTests : IDisposable
{
    private const string Data = "0102030405060708";

    private readonly BackendFolder _plugins = new();

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public async Task A_test_run_uses_the_engine_that_is_named_and_says_so()
    {
        SkepResult interpreted = (await TestAsync("interpreter")).Expect(0);
        SkepResult compiled = (await TestAsync("steps")).Expect(0);

        Assert.EndsWith("Engine: interpreter\n", interpreted.Output, StringComparison.Ordinal);
        Assert.EndsWith("Engine: steps\n", compiled.Output, StringComparison.Ordinal);
        Assert.Empty(compiled.Error);
        Assert.Equal(Value(interpreted), Value(compiled));
        Assert.Equal("steps", (await TestAsync("steps", "--json")).Expect(0).Json.GetProperty("engine").GetString());
    }

    [Fact]
    public async Task A_back_end_that_cannot_compile_is_stepped_around_with_a_warning()
    {
        SkepResult result = (await TestAsync("refuser")).Expect(0);

        Assert.Contains("warning SKEP7103: refuser did not compile checksum", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Engine: refuser", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_proved_runs_in_the_checked_interpreter_with_a_warning()
    {
        SkepResult result = (await _plugins.RunAsync("prog", "run", SkepProcess.Sample("fnv"), "--data-in", Data, "--jit", "steps")).Expect(0);

        Assert.Contains("SKEP7104", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("Engine: interpreter\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_sums_up_what_its_programs_ran_on()
    {
        string[] run = ["run", SkepProcess.Sample("hello"), "--attach", "timer:10ms", "--max-events", "2", "--json"];
        SkepResult compiled = (await _plugins.RunAsync([.. run, "--jit", "steps"])).Expect(0);
        SkepResult interpreted = (await _plugins.RunAsync([.. run, "--interpreter"])).Expect(0);

        Assert.Equal("steps", EngineOf(compiled));
        Assert.Equal("interpreter", EngineOf(interpreted));
    }

    [Theory]
    [InlineData("a constant", "b7000000 2a000000 95000000 00000000", "2a", "")]
    [InlineData("what is not proved", "79100000 00000000 95000000 00000000", "807060504030201", "SKEP7104")]
    public async Task Exec_compiles_what_is_proved(string what, string program, string expected, string warning)
    {
        SkepResult result = (await _plugins.RunAsync("exec", Data, "--program", program, "--jit", "steps")).Expect(0);

        Assert.True(result.Output == expected + "\n", what);
        Assert.Contains(warning, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Back_ends_are_listed_with_what_keeps_them_from_working()
    {
        string features = (await _plugins.RunAsync("feature")).Expect(0).Output;

        Assert.Matches(@"\njit steps +yes +A delegate for each instruction", features);
        Assert.Matches(@"\njit fake-x64 +no +its code is for show +Look at it\.", features);
        Assert.Matches(@"\njit fake-arm64 +no +its code is for Arm64, and this process runs on X64", features);
    }

    private static string Value(SkepResult result) => result.Output.Split(',')[0];

    private static string? EngineOf(SkepResult run) => run.JsonLines[^1].GetProperty("programs")[0].GetProperty("engine").GetString();

    private Task<SkepResult> TestAsync(string jit, params string[] options)
        => _plugins.RunAsync(["prog", "run", SkepProcess.Sample("checksum"), "--data-in", Data, "--jit", jit, .. options]);
}
