using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Skep.Cli.Tests;

/// <summary><c>skep prog verify</c>, and what other verbs say of programs that are refused.</summary>
public class VerifyTests
{
    private const string Refused = "tests/Cli.Tests/Objects/refused.bpf.o";
    private const string Long = "tests/Cli.Tests/Objects/long.bpf.o";

    [Fact]
    public async Task Accepted_programs_are_a_line_each_over_several_files()
    {
        SkepResult result = (await SkepProcess.RunAsync("prog", "verify", SkepProcess.Sample("counter"), SkepProcess.Sample("hello"))).Expect(0);

        Assert.Matches(
            @"^accepted  count \(timer\): \d+ instructions, \d+ visited, \d+ states, \d+\.\d ms\naccepted  hello_world \(timer\): \d+ instructions, \d+ visited, 0 states, \d+\.\d ms\n$",
            result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task A_refusal_shows_place_instruction_source_registers_path_and_way_out()
    {
        SkepResult result = (await SkepProcess.RunAsync("prog", "verify", Refused + ":short_check")).Expect(1);

        string[] expected =
        [
            "error SKEP3207: a packet access that is not proved to be inside",
            $"  ./refused.bpf.c:28:29, insn 11 of short_check ({Refused}, section xdp)",
            "    11: (71) r1 = *(u8 *)(r2 +0)",
            "                  ^^^^^^^^^^^^^^",
            "  ; return data[12] == 8 && data[13] == 0 ? 1 : 2;",
            "                            ^",
            "  accessing 1 byte at packet offset 13, but only 0..12 are proved; compare with data_end first",
            "  r2 = pkt(off=13,r=13)",
            "  the way there:",
            "       2: (15) if r2 == 0x3 goto pc+12  falls through  ; ./refused.bpf.c:24: if (ctx->ingress_ifindex == 3)",
            "       8: (2d) if r2 > r1 goto pc+6     falls through  ; ./refused.bpf.c:26: if (data + 13 > end)",
            "      10: (55) if r1 != 0x8 goto pc+4   falls through  ; ./refused.bpf.c:28: return data[12] == 8 && data[13] == 0 ? 1 : 2;",
            "  help: Compare with data_end first: `if (data + sizeof(*eth) > data_end) return 0;`.",
            "  see:  docs/verifier/SKEP3207.md",
        ];
        Assert.Matches(@"^refused   short_check \(xdp\): 16 instructions, 12 visited, 1 state, ", result.Output);
        Assert.Contains(string.Join('\n', expected), result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task A_long_way_is_cut_and_says_so()
    {
        string output = (await SkepProcess.RunAsync("prog", "verify", Refused + ":long_way")).Expect(1).Output;

        Assert.Contains("\n    … 4 branches left out\n      12: (15) if r0 == 0x3", output, StringComparison.Ordinal);
        Assert.Equal(12, output.Split('\n').Count(line => line.Contains("falls through", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task All_programs_are_verified_though_some_are_refused()
    {
        string output = (await SkepProcess.RunAsync("prog", "verify", Refused)).Expect(1).Output;

        string[] verdicts = [.. output.Split('\n').Where(line => line.Contains(" instructions, ", StringComparison.Ordinal)).Select(line => line.Split('(')[0].Trim()).Order(StringComparer.Ordinal)];
        Assert.Equal(["accepted  fine", "refused   forgot_null", "refused   long_way", "refused   short_check", "refused   spins"], verdicts);
    }

    [Fact]
    public async Task Json_has_everything()
    {
        SkepResult result = (await SkepProcess.RunAsync("prog", "verify", Refused, "--json", "--log")).Expect(1);

        Dictionary<string, JsonElement> programs = result.Json.EnumerateArray().ToDictionary(program => program.GetProperty("program").GetString()!);
        JsonElement refused = programs["short_check"];
        Assert.Equal(("refused", "xdp"), (refused.GetProperty("verdict").GetString(), refused.GetProperty("type").GetString()));
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("facts").ValueKind);
        JsonElement finding = refused.GetProperty("findings")[0];
        Assert.Equal(("SKEP3207", 11, 28), (finding.GetProperty("id").GetString(), finding.GetProperty("insn").GetInt32(), finding.GetProperty("source_line").GetInt32()));
        Assert.Equal("docs/verifier/SKEP3207.md", finding.GetProperty("page").GetString());
        JsonElement explanation = finding.GetProperty("explanation");
        Assert.Equal("pkt(off=13,r=13)", explanation.GetProperty("registers").GetProperty("r2").GetString());
        Assert.Equal([2, 8, 10], explanation.GetProperty("path").EnumerateArray().Select(step => step.GetProperty("insn").GetInt32()));
        JsonElement accepted = programs["fine"];
        Assert.Equal("accepted", accepted.GetProperty("verdict").GetString());
        Assert.Equal("full", accepted.GetProperty("facts").GetProperty("proof").GetString());
        Assert.Equal(8, accepted.GetProperty("facts").GetProperty("functions")[0].GetProperty("stack_bytes").GetInt32());
        Assert.True(accepted.GetProperty("statistics").GetProperty("visited").GetInt32() > 10);
        Assert.Contains("processed ", accepted.GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Statistics_tell_what_was_proved()
    {
        string output = (await SkepProcess.RunAsync("prog", "verify", Refused + ":fine", "--stats")).Expect(0).Output;

        Assert.Matches(@"verifying took\n  visited instructions: \d+\n  states: \d+ kept, \d+ at a time, \d+ at one instruction\n  memory: \d+ KiB\n  time: ", output);
        Assert.Matches(@"stack\n  function +insn +length +bytes +reads unwritten\n  fine +0 +\d+ +8 +no\n", output);
    }

    [Fact]
    public async Task The_log_is_the_kernels()
    {
        string[] log = (await SkepProcess.RunAsync("prog", "verify", SkepProcess.Sample("counter"), "--log")).Expect(0).Output.Split('\n');

        Assert.Equal("func#0 @0", log[0]);
        Assert.Contains("0: R1=ctx() R10=fp0", log);
        Assert.Contains("4: (57) r1 &= 3                       ; R1=scalar(smin=smin32=0,smax=umax=smax32=umax32=3,var_off=(0x0; 0x3))", log);
        Assert.Contains(log, line => Regex.IsMatch(line, @"^16: \(85\) call bpf_map_lookup_elem#1   ; frame1: R0=map_value_or_null\(id=\d+,map=buckets,ks=4,vs=8\)$"));
        Assert.Contains("; if (!sum) @ counter.bpf.c:22", log);
        Assert.Contains("from 19 to 23: frame1: R0=0 R1=0 R10=fp0 fp-8=mmmm????", log);
        Assert.Contains(log, line => line.StartsWith("processed 26 insns (limit 1000000) max_states_per_insn 1 total_states 2 peak_states ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_loop_runs_on_fuel_where_that_is_asked_for()
    {
        SkepResult result = (await SkepProcess.RunAsync("prog", "verify", Refused + ":spins", "--loops", "fuel")).Expect(0);

        Assert.Matches(@"^accepted  spins \(timer\): .*; fuel bounds its loops\n\nwarning SKEP3490: ", result.Output);
    }

    [Theory]
    [InlineData("SKEP3402", "--max-visited", "1000")]
    [InlineData("SKEP3406", "--time-limit", "1us")]
    [InlineData("SKEP3490", "--loops", "fuel", "--max-visited", "100000")]
    public async Task Limits_are_the_callers(string id, params string[] options)
    {
        JsonElement program = (await SkepProcess.RunAsync(["prog", "verify", Long, "--json", .. options])).Json[0];

        Assert.Equal(id, program.GetProperty("findings")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_signal_ends_it_in_order()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are POSIX's");
        using SkepProcess process = SkepProcess.Start("prog", "verify", Long, "--log", "--max-visited", "2000000000", "--time-limit", "10m");
        string seen = await process.ReadUntilAsync(line => line.StartsWith("2: ", StringComparison.Ordinal));
        process.Signal(PosixSignal.SIGINT);
        SkepResult result = (await process.FinishAsync(seen)).Expect(1);

        Assert.Contains("SKEP8011", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_any_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes end differently there");
        using SkepProcess process = SkepProcess.Start("prog", "verify", Long, "--log", "--max-visited", "2000000000", "--time-limit", "10m");
        await process.ReadUntilAsync(line => line.StartsWith("2: ", StringComparison.Ordinal));

        Assert.Equal(0, await process.CloseOutputAsync());
    }

    [Theory]
    [InlineData("exclude each other", "--allow-leaks", "--deny-leaks")]
    [InlineData("'never'", "--loops", "never")]
    [InlineData("at most 2147483647", "--max-visited", "3000000000")]
    public async Task Wrong_usage_is_told(string expected, params string[] options)
        => Assert.Contains(expected, (await SkepProcess.RunAsync(["prog", "verify", Refused, .. options])).Expect(2).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("SKEP1001", "no-such-file.o")]
    [InlineData("there is no program goodbye", Refused + ":goodbye")]
    [InlineData("no plugin offers program type sorting", Refused + ":fine", "--type", "sorting")]
    public async Task What_cannot_be_verified_says_why(string expected, params string[] arguments)
    {
        SkepResult result = (await SkepProcess.RunAsync(["prog", "verify", .. arguments])).Expect(1);

        Assert.Contains(expected, result.Error + result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", Refused, "--program", "forgot_null")]
    [InlineData("prog", "run", Refused + ":forgot_null")]
    public async Task Other_verbs_explain_refusals_alike(params string[] arguments)
    {
        SkepResult result = (await SkepProcess.RunAsync(arguments)).Expect(1);

        Assert.Contains("error SKEP3104: a pointer that may be null\n  ./refused.bpf.c:38:12, insn 7 of forgot_null", result.Error, StringComparison.Ordinal);
        Assert.Contains("     7: (79) r1 = *(u64 *)(r0 +0)\n                  ^^^^^^^^^^^^^^^\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("docs/verifier/SKEP3104.md", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loop_on_fuel_runs()
    {
        SkepResult result = (await SkepProcess.RunAsync("run", Refused, "--program", "spins", "--loops", "fuel", "--max-events", "1")).Expect(0);

        Assert.Contains("warning SKEP3490: ", result.Error, StringComparison.Ordinal);
        Assert.Matches(@"\n  spins +timer +\w+ +\d+ +\d+ ns +0\n", result.Output);
    }
}
