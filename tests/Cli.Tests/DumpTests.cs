using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary><c>skep prog dump xlated</c>, which needs no plugin.</summary>
public class DumpTests
{
    private const string Hello =
        """
        int hello_world(void * ctx):
        ; int hello_world(void *ctx)
           0: (b7) r1 = 33                  /* ! */
        ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
           1: (6b) *(u16 *)(r10 -4) = r1
           2: (b7) r1 = 1684828783          /* dlro */
           3: (63) *(u32 *)(r10 -8) = r1
           4: (18) r1 = 0x57202c6f6c6c6548  /* W ,olleH */
           6: (7b) *(u64 *)(r10 -16) = r1
           7: (bf) r1 = r10
        ;
           8: (07) r1 += -16
        ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
           9: (b7) r2 = 14
          10: (85) call bpf_trace_printk#6
        ; return 0;
          11: (b7) r0 = 0
          12: (95) exit

        """;

    [Theory]
    [InlineData("")]
    [InlineData(":hello_world")]
    public async Task Hello_prints_as_everybody_knows_it(string name)
        => Assert.Equal(Hello, (await DumpAsync("hello", name)).Expect(0).Output, ignoreLineEndingDifferences: true);

    [Fact]
    public async Task Words_add_bytes_and_places()
    {
        string output = (await DumpAsync("hello", "", "opcodes", "linum")).Expect(0).Output;

        Assert.Contains("       b7 01 00 00 21 00 00 00", output, StringComparison.Ordinal);
        Assert.Matches(@"\n; return 0; \[file:\./hello/hello\.bpf\.c line_num:\d+ line_col:\d+\]\n", output);
    }

    [Fact]
    public async Task Plain_is_without_characters()
        => Assert.DoesNotContain("/*", (await DumpAsync("hello", "", "--plain")).Expect(0).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Json_has_an_object_an_instruction()
    {
        JsonElement json = (await DumpAsync("hello", "", "--json")).Expect(0).Json;

        Assert.Equal(12, json.GetArrayLength());
        Assert.Equal("(b7) r1 = 33", json[0].GetProperty("disasm").GetString());
        Assert.Equal("int hello_world(void * ctx)", json[0].GetProperty("proto").GetString());
    }

    [Fact]
    public async Task The_graph_is_for_graphviz()
    {
        string dot = (await DumpAsync("counter", ":count", "visual")).Expect(0).Output;
        JsonElement json = (await DumpAsync("counter", ":count", "visual", "--json")).Expect(0).Json;

        Assert.StartsWith("digraph", dot, StringComparison.Ordinal);
        Assert.EndsWith("}\n", dot, StringComparison.Ordinal);
        Assert.Equal(dot, json[0].GetProperty("dot").GetString());
    }

    [Fact]
    public async Task An_unknown_program_is_told_with_those_that_are_there()
    {
        SkepResult result = (await DumpAsync("hello", ":goodbye")).Expect(1);

        Assert.Contains("there is no program goodbye; the object has hello_world", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_failure_is_json_as_well()
    {
        SkepResult result = (await DumpAsync("hello", ":goodbye", "--json")).Expect(1);

        JsonElement finding = result.Json.GetProperty("findings")[0];
        Assert.Equal("SKEP2009", finding.GetProperty("id").GetString());
        Assert.Equal("error", finding.GetProperty("severity").GetString());
    }

    [Theory]
    [InlineData("no-such-file.o")]
    [InlineData("samples")]
    [InlineData("README.md")]
    public async Task What_is_no_object_is_a_finding_that_names_it(string file)
        => Assert.Contains($"{file}: ", (await SkepProcess.RunAsync("prog", "dump", "xlated", file)).Expect(1).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_truncated_object_is_a_finding()
    {
        using var folder = new TemporaryFolder();
        byte[] hello = await File.ReadAllBytesAsync(SkepProcess.Sample("hello"));
        await File.WriteAllBytesAsync(folder.File("half.o"), hello[..(hello.Length / 2)]);

        Assert.Contains("half.o", (await SkepProcess.RunAsync("prog", "dump", "xlated", folder.File("half.o"))).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_may_hold_colons()
    {
        using var folder = new TemporaryFolder();
        File.Copy(SkepProcess.Sample("hello"), folder.File("a:b.o"));

        (await SkepProcess.RunAsync("prog", "dump", "xlated", folder.File("a:b.o"))).Expect(0);
        (await SkepProcess.RunAsync("prog", "dump", "xlated", folder.File("a:b.o") + ":hello_world")).Expect(0);
    }

    private static Task<SkepResult> DumpAsync(string sample, string name, params string[] words)
        => SkepProcess.RunAsync(["prog", "dump", "xlated", SkepProcess.Sample(sample) + name, .. words]);
}
