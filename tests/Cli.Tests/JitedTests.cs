using System.Text.Json;
using Skep.Cli.Tests.Support;

namespace Skep.Cli.Tests;

/// <summary><c>skep prog dump jited</c>.</summary>
public sealed class JitedTests : IDisposable
{
    private readonly BackendFolder _plugins = new();

    public void Dispose() => _plugins.Dispose();

    [Fact]
    public async Task Machine_code_stands_under_the_lines_that_it_stems_from()
    {
        string output = (await DumpAsync("hello", "fake-x64")).Expect(0).Output;

        Assert.Matches(@"^hello_world_[0-9a-f]{16}  fake-x64: x64 machine code, 22 bytes\n", output);
        Assert.EndsWith(
            """
            ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
            #    9: (b7) r2 = 14
               7: nop
            #   10: (85) call bpf_trace_printk#6
               8: mov     rax, 0                      /* cell of bpf_trace_printk */
              12: call    qword ptr [rax]
            ; return 0;
            #   11: (b7) r0 = 0
              14: nop
            #   12: (95) exit
              15: ret

            """,
            output,
            StringComparison.Ordinal);
        Assert.Contains("\nint hello_world(void * ctx):\n; ({ char _fmt[] = \"Hello, World!\"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });\n#    1: (6b) *(u16 *)(r10 -4) = r1\n   0: push    rbp\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_of_another_processor_is_read_here_and_constants_are_no_code()
    {
        string output = (await DumpAsync("hello", "fake-arm64", "opcodes")).Expect(0).Output;

        Assert.EndsWith(
            """
            #   10: (85) call bpf_trace_printk#6
              1c: 70 00 00 58              ldr     x16, 0x28
            ; return 0;
            #   11: (b7) r0 = 0
              20: 1f 20 03 d5              nop
            #   12: (95) exit
              24: c0 03 5f d6              ret
              28: 00 00 00 00 00 00 00 00  .quad   0x0                         /* cell of bpf_trace_printk */

            """,
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_add_bytes_and_places_and_plain_leaves_code_and_source()
    {
        string output = (await DumpAsync("hello", "fake-x64", "opcodes", "linum", "--plain")).Expect(0).Output;

        Assert.Matches(@"\n; return 0; \[file:\./hello/hello\.bpf\.c line_num:\d+ line_col:\d+\]\n", output);
        Assert.Contains("   8: 48 b8 00 00 00 00 00 00 00 00  mov     rax, 0\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("#", output, StringComparison.Ordinal);
        Assert.DoesNotContain("/*", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_members_of_bpftool_and_the_instructions_behind()
    {
        JsonElement program = (await DumpAsync("hello", "fake-x64", "opcodes", "linum", "--json")).Expect(0).Json[0];
        JsonElement call = program.GetProperty("insns").EnumerateArray().Single(insn => insn.TryGetProperty("comment", out _));
        JsonElement first = program.GetProperty("insns")[0];

        Assert.Equal("hello_world", program.GetProperty("name").GetString());
        Assert.Equal("fake-x64", program.GetProperty("engine").GetString());
        Assert.Equal(22, program.GetProperty("bytes").GetInt32());
        Assert.Equal("int hello_world(void * ctx)", first.GetProperty("proto").GetString());
        Assert.StartsWith("({ char _fmt[]", first.GetProperty("src").GetString(), StringComparison.Ordinal);
        Assert.True(first.GetProperty("line_num").GetInt32() > 0);
        Assert.Equal("0x8", call.GetProperty("pc").GetString());
        Assert.Equal("mov", call.GetProperty("operation").GetString());
        Assert.Equal(["rax", "0"], call.GetProperty("operands").EnumerateArray().Select(operand => operand.GetString()));
        Assert.Equal("0xb8", call.GetProperty("opcodes")[1].GetString());
        Assert.Equal(10, call.GetProperty("insn").GetInt32());
        Assert.Equal("(85) call bpf_trace_printk#6", call.GetProperty("xlated").GetString());
        Assert.Equal("cell of bpf_trace_printk", call.GetProperty("comment").GetString());
    }

    [Fact]
    public async Task A_back_end_may_list_what_it_makes()
    {
        string output = (await DumpAsync("checksum", "steps")).Expect(0).Output;

        Assert.Matches(@"^checksum_[0-9a-f]{16}  steps: steps\nint checksum\(struct xdp_md \* context\):\n", output);
        Assert.Contains("; return (unsigned short)~sum;\n", output, StringComparison.Ordinal);
        Assert.Contains("   c: step    r1 += r0\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x64", "x64 machine code, \\d+ bytes", "lock xadd")]
    [InlineData("arm64", "arm64 machine code, \\d+ bytes", "stlxr")]
    [InlineData("cil", "CIL, which the .NET runtime compiles", "Atomic.FetchAdd64")]
    public async Task The_back_ends_that_come_with_the_command_are_shown(string jit, string language, string atomic)
    {
        string output = (await DumpAsync("counter", jit)).Expect(0).Output;

        Assert.Matches($"^count_[0-9a-f]{{16}}  {jit}: {language}\n", output);
        Assert.Contains("; __u64 run = __sync_fetch_and_add(&runs, 1);\n", output, StringComparison.Ordinal);
        Assert.Contains(atomic, output, StringComparison.Ordinal);
        Assert.DoesNotContain(".byte", output, StringComparison.Ordinal);
        Assert.DoesNotContain(".inst", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_of_several_functions_is_shown_function_by_function()
    {
        string output = (await DumpAsync("counter", "fake-x64")).Expect(0).Output;

        Assert.Matches(@"\n[^;#\n]*count[^\n]*:\n(.|\n)*\n[^;#\n]+\([^\n]*\):\n", output);
    }

    [Theory]
    [InlineData("SKEP7101: no plugin offers back end z80; there is ", "hello", "z80")]
    [InlineData("SKEP7101: the interpreter runs the program as it is and makes no code; there is ", "hello", "interpreter")]
    [InlineData("SKEP7103: refuser did not compile hello_world: not today (NotSupportedException)", "hello", "refuser")]
    [InlineData("SKEP7104: not every path of fnv is proved", "fnv", "steps")]
    [InlineData("SKEP8012: liar makes delegates", "hello", "liar")]
    public async Task What_cannot_be_shown_says_why(string expected, string sample, string jit)
    {
        SkepResult text = (await DumpAsync(sample, jit)).Expect(1);
        SkepResult json = (await DumpAsync(sample, jit, "--json")).Expect(1);

        Assert.Contains(expected, text.Error, StringComparison.Ordinal);
        Assert.Empty(text.Output);
        Assert.Equal(expected[..8], json.Json.GetProperty("findings")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_unknown_word_is_wrong_usage()
        => (await DumpAsync("hello", "fake-x64", "visual")).Expect(2);

    private Task<SkepResult> DumpAsync(string sample, string jit, params string[] words)
        => _plugins.RunAsync(["prog", "dump", "jited", SkepProcess.Sample(sample), .. words, "--jit", jit]);
}
