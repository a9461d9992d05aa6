using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary><c>skep prog run</c>.</summary>
public class ProgRunTests
{
    private const string Abc = "616263";

    [Fact]
    public async Task The_result_is_told_as_bpftool_tells_it()
        => Assert.Matches(
            @"^Return value: 16654208175385433931 \(0xe71fa2190541574b\), duration \(average\): \d+ns\nEngine: \w+\n$",
            (await SkepProcess.RunAsync("prog", "run", SkepProcess.Sample("fnv"), "--data-in", Abc)).Expect(0).Output);

    /// <summary>What a program array holds is loaded as well, and may stand first in the object.</summary>
    [Theory]
    [InlineData("start", "1")]
    [InlineData("count", "2")]
    [InlineData("rest", "1")]
    public async Task The_program_that_is_named_is_the_one_that_runs(string program, string expected)
        => Assert.Contains($"\nReturn value: {expected}, ", (await SkepProcess.RunAsync("prog", "run", $"{SkepProcess.Sample("relay")}:{program}")).Expect(0).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Json_has_the_same()
    {
        JsonElement json = (await SkepProcess.RunAsync("prog", "run", SkepProcess.Sample("fnv") + ":fnv", "--data-in", Abc, "--repeat", "20", "--json")).Expect(0).Json;

        Assert.Equal(0xe71fa2190541574bUL, json.GetProperty("retval").GetUInt64());
        Assert.Equal(20, json.GetProperty("repeat").GetInt32());
        Assert.True(json.GetProperty("duration").GetInt64() >= 0);
    }

    [Fact]
    public async Task Data_comes_from_a_file_and_goes_to_one()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in"), "abc");
        SkepResult result = await SkepProcess.RunAsync("prog", "run", SkepProcess.Sample("fnv"), "--data-in", "@" + folder.File("in"), "--data-out", folder.File("out"));

        Assert.Contains("0xe71fa2190541574b", result.Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal("abc", await File.ReadAllTextAsync(folder.File("out")));
    }

    [Fact]
    public async Task What_the_program_prints_comes_first()
        => Assert.Matches(@"^Hello, World!\nReturn value: 0, duration", (await SkepProcess.RunAsync("prog", "run", SkepProcess.Sample("hello"))).Expect(0).Output);

    [Fact]
    public async Task A_file_that_is_not_there_is_a_finding()
        => Assert.Contains("no-such-data", (await SkepProcess.RunAsync("prog", "run", SkepProcess.Sample("fnv"), "--data-in", "@no-such-data")).Expect(1).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_trap_tells_instruction_and_source_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("wild.o"), WithWildLoad(await File.ReadAllBytesAsync(SkepProcess.Sample("fnv"))));
        SkepResult result = (await SkepProcess.RunAsync("prog", "run", folder.File("wild.o"), "--data-in", Abc)).Expect(1);

        Assert.Contains("SKEP7001: memory access: ", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"\(71\) r\d = \*\(u8 \*\)\(r\d \+28672\)", result.Error);
        Assert.Contains("; hash ^= data[i];", result.Error, StringComparison.Ordinal);
        Assert.Contains("fnv.bpf.c:", result.Error, StringComparison.Ordinal);
    }

    /// <summary>The object with its byte load moved 28,672 bytes up.</summary>
    private static byte[] WithWildLoad(byte[] image)
    {
        for (int at = 0; at + 8 <= image.Length; at += 8)
        {
            if (image[at] == 0x71 && image.AsSpan(at + 2, 6).IndexOfAnyExcept((byte)0) < 0)
            {
                image[at + 3] = 0x70;
                return image;
            }
        }

        throw new InvalidOperationException("the sample has no byte load");
    }
}
