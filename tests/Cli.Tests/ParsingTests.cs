using Skep.Cli.Parsing;

namespace Skep.Cli.Tests;

/// <summary>Readers of what people type.</summary>
public class ParsingTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("3s", 3_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("250us", 0.25)]
    [InlineData("2d", 172_800_000)]
    public void Durations_are_sums_of_numbers_with_units(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration, out string problem), problem);
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1x")]
    [InlineData("1e3s")]
    [InlineData("0s")]
    [InlineData("50d")]
    [InlineData("1..5s")]
    public void Anything_else_is_no_duration(string text)
    {
        Assert.False(DurationText.TryParse(text, out _, out string problem));
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new byte[0])]
    [InlineData(" \n\t ", new byte[0])]
    [InlineData("b700", new byte[] { 0xb7, 0 })]
    [InlineData(" B7 0f\r\n\t1a ", new byte[] { 0xb7, 0x0f, 0x1a })]
    [InlineData("0x0102", new byte[] { 1, 2 })]
    public void Hexadecimal_bytes_may_be_separated_by_white_space(string text, byte[] expected)
    {
        Assert.True(HexText.TryParse(text, out byte[] bytes, out string problem), problem);
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("b", "character 1 has one digit")]
    [InlineData("b70", "character 3 has one digit")]
    [InlineData("b 7", "character 1 has one digit")]
    [InlineData("b7 xx", "character 4 is 'x'")]
    public void Hexadecimal_problems_name_the_place(string text, string expected)
    {
        Assert.False(HexText.TryParse(text, out _, out string problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello.o", "hello.o", null)]
    [InlineData("hello.o:main", "hello.o", "main")]
    [InlineData("a:b/hello.o", "a:b/hello.o", null)]
    [InlineData("a:b/hello.o:main", "a:b/hello.o", "main")]
    [InlineData(@"C:\objects\hello.o", @"C:\objects\hello.o", null)]
    [InlineData(@"C:\objects\hello.o:main", @"C:\objects\hello.o", "main")]
    [InlineData("C:/hello.o", "C:/hello.o", null)]
    [InlineData("there:is", "there:is", null)]
    [InlineData("there:is:main", "there:is", "main")]
    [InlineData("hello.o:", "hello.o:", null)]
    [InlineData(":main", ":main", null)]
    public void A_program_is_named_after_the_last_colon_that_is_none_of_the_files(string text, string file, string? name)
        => Assert.Equal(new ProgramLocator(file, name), ProgramLocator.Parse(text, path => path == "there:is"));

    [Theory]
    [InlineData("timer:1s", "timer", "1s")]
    [InlineData("uprobe:/bin/bash:readline", "uprobe", "/bin/bash:readline")]
    public void An_attach_point_ends_at_the_first_colon(string text, string point, string target)
        => Assert.Equal(new AttachArgument(point, target), AttachArgument.TryParse(text));

    [Theory]
    [InlineData("timer")]
    [InlineData("timer:")]
    [InlineData(":1s")]
    [InlineData("")]
    public void Both_parts_of_an_attachment_are_needed(string text) => Assert.Null(AttachArgument.TryParse(text));

    [Theory]
    [InlineData(null, true)]
    [InlineData("openat", true)]
    [InlineData("tracepoint:*openat", true)]
    [InlineData("sys_*_openat", false)]
    [InlineData("*sys_*_open?t", true)]
    [InlineData("close", false)]
    public void Patterns_are_globs_or_parts_of_names(string? pattern, bool matches)
        => Assert.Equal(matches, new NamePattern(pattern).Matches("tracepoint:syscalls/sys_enter_openat"));
}
