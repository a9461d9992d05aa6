namespace Skep.Cli.Tests;

/// <summary>Exit code 2: the command line itself is wrong; and what tells how it is right.</summary>
public class UsageTests
{
    [Theory]
    [InlineData("skep --help", "")]
    [InlineData("skep --help", "rnu", "file.o")]
    [InlineData("skep run --help", "run")]
    [InlineData("skep run --help", "run", "file.o", "--for", "3")]
    [InlineData("skep run --help", "run", "file.o", "--max-events", "0")]
    [InlineData("skep run --help", "run", "file.o", "--attach", "timer")]
    [InlineData("skep run --help", "run", "file.o", "--no-such-option")]
    [InlineData("skep prog --help", "prog")]
    [InlineData("skep prog dump xlated --help", "prog", "dump", "xlated", "file.o", "jited")]
    [InlineData("skep prog run --help", "prog", "run", "file.o", "--data-in", "abc")]
    [InlineData("skep prog run --help", "prog", "run", "file.o", "--repeat", "many")]
    [InlineData("skep prog verify --help", "prog", "verify")]
    [InlineData("skep prog verify --help", "prog", "verify", "file.o", "--time-limit", "3")]
    [InlineData("skep exec --help", "exec", "abc")]
    [InlineData("skep exec --help", "exec", "--program", "zz")]
    [InlineData("skep exec --help", "exec", "aa", "bb")]
    [InlineData("skep plugin show --help", "plugin", "show")]
    public async Task Wrong_usage_says_what_is_wrong_and_where_to_read_on(string hint, params string[] arguments)
    {
        SkepResult result = (await SkepProcess.RunAsync([.. arguments.Where(argument => argument.Length > 0)])).Expect(2);

        Assert.Empty(result.Output);
        Assert.Contains($"Try `{hint}`.", result.Error, StringComparison.Ordinal);
        Assert.True(result.Error.Split('\n').Length > 1, "says more than the hint");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("prog dump xlated")]
    [InlineData("prog run")]
    [InlineData("prog verify")]
    [InlineData("exec")]
    [InlineData("plugin list")]
    [InlineData("plugin show")]
    [InlineData("attach list")]
    [InlineData("feature")]
    public async Task Every_verb_teaches_by_example(string verb)
    {
        SkepResult result = (await SkepProcess.RunAsync([.. verb.Split(' '), "--help"])).Expect(0);

        Assert.Contains($"skep {verb}", result.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", result.Output, StringComparison.Ordinal);
        Assert.Contains("--json", result.Output, StringComparison.Ordinal);
        Assert.Contains("--plugins", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
        => Assert.Matches(@"^\d+\.\d+\.\d+", (await SkepProcess.RunAsync("--version")).Expect(0).Output);
}
