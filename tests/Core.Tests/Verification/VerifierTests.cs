using System.Diagnostics;
using System.Reflection;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Core.Tests.Verification;

public sealed class VerifierTests
{
    public static TheoryData<string, string> Refused => [.. StructureCases.Refused.Select(entry => (entry.Text, entry.Expected))];

    public static TheoryData<string> Accepted => [.. StructureCases.Accepted];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refuses(string text, string expected) => Assert.Equal(expected, VerifierFixture.Describe(VerifierFixture.Verify(text)));

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Accepts(string text) => Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(text)));

    [Fact]
    public void Every_rule_has_a_number_of_its_own()
    {
        Rule[] rules = [.. typeof(VerificationRules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (Rule)field.GetValue(null)!)];

        Assert.Equal(rules.Length, rules.Select(rule => rule.Id).Distinct().Count());
        Assert.All(rules, rule => Assert.Matches("^SKEP3[0-9]{3}$", rule.Id));
        Assert.All(rules, rule => Assert.EndsWith(".", rule.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_program_is_refused() =>
        Assert.Equal("SKEP3001", VerifierFixture.Describe(VerifierFixture.Verify(VerifierFixture.Spec("") with { Instructions = [] })));

    [Fact]
    public void Instructions_are_limited()
    {
        const string Text = "r0 = 0\nr0 = 0\nexit";

        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(Text, limits: Limits.Default with { MaxInstructions = 3 })));
        Assert.Equal("SKEP3002", VerifierFixture.Describe(VerifierFixture.Verify(Text, limits: Limits.Default with { MaxInstructions = 2 })));
    }

    [Fact]
    public void Functions_are_limited()
    {
        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(StructureCases.Fan(256))));
        Assert.Equal("SKEP3003", VerifierFixture.Describe(VerifierFixture.Verify(StructureCases.Fan(257))));
    }

    [Fact]
    public void Frames_are_limited()
    {
        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(StructureCases.Chain(functions: 8, stackBytes: 0))));
        Assert.Equal("SKEP3020@14", VerifierFixture.Describe(VerifierFixture.Verify(StructureCases.Chain(functions: 9, stackBytes: 0))));
        Assert.Equal("SKEP3020@2", VerifierFixture.Describe(VerifierFixture.Verify(StructureCases.Chain(functions: 3, stackBytes: 0), limits: Limits.Default with { MaxCallDepth = 2 })));
    }

    [Theory]
    [InlineData(2, 256, "")]
    [InlineData(2, 257, "SKEP3022@1")]
    [InlineData(8, 64, "")]
    [InlineData(8, 65, "SKEP3022@16")]
    [InlineData(4, 113, "")]
    [InlineData(4, 129, "SKEP3022@7")]
    public void The_stack_of_a_chain_of_calls_is_limited(int functions, int stackBytes, string expected) =>
        Assert.Equal(expected, VerifierFixture.Describe(VerifierFixture.Verify(StructureCases.Chain(functions, stackBytes))));

    [Fact]
    public void Frames_are_as_large_as_the_limit_says()
    {
        var small = Limits.Default with { MaxFrameBytes = 64 };

        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify("*(u64 *)(r10 -64) = 1\nr0 = 0\nexit", limits: small)));
        Assert.Equal("SKEP3021@0", VerifierFixture.Describe(VerifierFixture.Verify("*(u64 *)(r10 -65) = 1\nr0 = 0\nexit", limits: small)));
    }

    [Theory]
    [InlineData("GPL", "")]
    [InlineData("GPL v2", "")]
    [InlineData("GPL and additional rights", "")]
    [InlineData("Dual BSD/GPL", "")]
    [InlineData("Dual MIT/GPL", "")]
    [InlineData("Dual MPL/GPL", "")]
    [InlineData("gpl", "SKEP3017@0")]
    [InlineData("MIT", "SKEP3017@0")]
    [InlineData("", "SKEP3017@0")]
    [InlineData(null, "SKEP3017@0")]
    public void Helpers_under_the_GPL_need_a_compatible_licence(string? license, string expected) =>
        Assert.Equal(expected, VerifierFixture.Describe(VerifierFixture.Verify(VerifierFixture.Spec("call unknown#6\nexit", license))));

    [Fact]
    public void Both_sides_decide_which_helpers_a_type_may_call()
    {
        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify("call unknown#50\nexit", type: "sched_cls")));
        Assert.Equal("SKEP3016@0", VerifierFixture.Describe(VerifierFixture.Verify("call unknown#50\nexit", type: "tracepoint")));
        Assert.Equal("SKEP3016@0", VerifierFixture.Describe(VerifierFixture.Verify("call unknown#16\nexit", type: "tracepoint")));
    }

    [Fact]
    public void Packet_loads_need_a_packet()
    {
        const string Text = "r6 = r1\nr0 = *(u8 *)skb[0]\nexit";

        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(Text, type: "sched_cls")));
        Assert.Equal("SKEP3027@1", VerifierFixture.Describe(VerifierFixture.Verify(Text, type: "tracepoint")));
    }

    [Fact]
    public void A_policy_lets_more_pass()
    {
        const string Text = "r0 = 7\ncallx r0\nr0 /= 0\nr0 <<= 64\nexit\nr0 = 1\nexit";

        Assert.Equal("SKEP3026@1 SKEP3028@2 SKEP3029@3 SKEP3013@5", VerifierFixture.Describe(VerifierFixture.Verify(Text)));
        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(Text, policy: VerificationPolicy.Rfc9669)));
    }

    [Theory]
    [InlineData("0+2", "")]
    [InlineData("0+1 1+1", "SKEP3012@0 SKEP3013@1")]
    [InlineData("1+1", "SKEP3004")]
    [InlineData("0+1", "SKEP3004")]
    [InlineData("0+3", "SKEP3004")]
    [InlineData("0+1 0+1", "SKEP3004")]
    [InlineData("0+2 2+0", "SKEP3004")]
    [InlineData("0+2147483647 2+2147483647", "SKEP3004")]
    [InlineData("0+-1", "SKEP3004")]
    public void The_function_table_must_fit(string table, string expected)
    {
        ProgramSpec spec = VerifierFixture.Spec("r0 = 0\nexit") with { Functions = [.. table.Split(' ').Select(Function)] };

        Assert.Equal(expected, VerifierFixture.Describe(VerifierFixture.Verify(spec)));
    }

    [Fact]
    public void With_a_function_table_calls_lead_to_its_functions_only()
    {
        ProgramSpec spec = VerifierFixture.Spec("call pc+2\nexit\nr0 = 1\nr0 = 2\nexit") with { Functions = [Function("0+2"), Function("2+3")] };

        Assert.Equal("SKEP3013@2 SKEP3018@0", VerifierFixture.Describe(VerifierFixture.Verify(spec)).Split(' ').Order().Aggregate((a, b) => $"{a} {b}"));
    }

    [Fact]
    public void A_function_whose_address_is_taken_is_reachable()
    {
        const string Text = "r1 = subprog[+2]\nr0 = 0\nexit\nr0 = 1\nexit";
        ProgramSpec byReference = VerifierFixture.Spec(Text.Replace("+2", "+0", StringComparison.Ordinal)) with
        {
            Functions = [Function("0+4"), Function("4+2")],
            References = [new FunctionReference(new SlotIndex(0), new SlotIndex(4))],
        };

        Assert.Equal("SKEP3012@2 SKEP3013@4", VerifierFixture.Describe(VerifierFixture.Verify(Text)));
        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(Text.Replace("+2", "+3", StringComparison.Ordinal))));
        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(byReference)));
        Assert.Equal("SKEP3018@0", VerifierFixture.Describe(VerifierFixture.Verify(VerifierFixture.Spec("r1 = subprog[+9]\nr0 = 0\nexit"))));
    }

    [Fact]
    public void Weak_externs_are_not_missed()
    {
        ProgramSpec spec = VerifierFixture.Spec("r1 = btf[id:0][obj:0]\nr0 = 0\nexit") with
        {
            References = [new ExternReference(new SlotIndex(0), "jiffies", ExternKind.KernelVariable, IsWeak: true)],
        };

        Assert.Equal("", VerifierFixture.Describe(VerifierFixture.Verify(spec)));
    }

    [Fact]
    public void Names_that_are_bound_to_nothing_are_told()
    {
        ProgramSpec spec = VerifierFixture.Spec("call unknown#0\nexit") with
        {
            References = [new ExternReference(new SlotIndex(0), "acme_geo_country", ExternKind.NamedFunction, IsWeak: false)],
        };
        Finding finding = Assert.Single(Verifier.Verify(VerifierFixture.LinkNothing(spec), Limits.Default, VerificationPolicy.Default).Findings);

        Assert.Equal("SKEP3025", finding.Rule.Id);
        Assert.StartsWith("acme_geo_country ", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_says_where_what_and_what_to_do()
    {
        ProgramSpec spec = VerifierFixture.Spec("r0 = 0\ncall unknown#1\nexit") with
        {
            Lines = [new(new SlotIndex(1), new SourceLine("test.c", 7, 3, "    bpf_map_lookup_elem(&m, &k);"))],
        };

        Assert.Equal(
            """
            test.o: section socket: main: insn 1: test.c:7: error SKEP3015: helper 1 is bpf_map_lookup_elem in Linux; no plugin here offers it
                   1: (85) call bpf_map_lookup_elem#1
                ; bpf_map_lookup_elem(&m, &k);
                `skep plugin list` and `skep plugin show NAME` show the helpers that are here; add the plugin that offers it.
            """,
            Assert.Single(VerifierFixture.Verify(spec).Findings).ToString());
    }

    [Fact]
    public void Facts_say_what_was_proved()
    {
        ProgramFacts facts = VerifierFixture.Verify("*(u32 *)(r10 -20) = 1\ncall pc+2\nr1 = 0x5\nexit\nr0 = *(u8 *)(r10 -1)\nexit".Replace("call pc+2", "call pc+3", StringComparison.Ordinal)).GetOrThrow().Facts;

        Assert.Equal(Proof.Structure, facts.Proof);
        Assert.Equal(0, facts.RequiredContextSize);
        Assert.Equal(Enumerable.Repeat(true, 7), facts.Reachable);
        Assert.Equal([new(new SlotIndex(0), 5, 20) { ReadsUnwrittenStack = true }, new(new SlotIndex(5), 2, 1) { ReadsUnwrittenStack = true }], facts.Functions);
    }

    [Fact]
    public void What_is_left_out_is_counted()
    {
        Result<VerifiedProgram> result = VerifierFixture.Verify(string.Concat(Enumerable.Repeat("r10 = 1\nr0 /= 0\n", 10)) + "exit", limits: Limits.Default with { MaxFindings = 4 });

        Assert.Equal("SKEP3014@0 SKEP3028@1 SKEP3014@2 SKEP3028@3 SKEP3099", VerifierFixture.Describe(result));
        Assert.Contains("16 more", result.Findings[^1].Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> HostileSlots => ["ff", "0000000000000018", "000000010000b0bf", "0000000100000085", "ffffffff00001085", "0000000000001085", "00000000ffff0005", "0000000000000ab7", "000000000000ad3f", "000003e800001118", "0000000100010095"];

    [Theory]
    [MemberData(nameof(HostileSlots))]
    public void A_million_slots_take_bounded_time(string bits)
    {
        var slot = new RawInstruction(Convert.ToUInt64(bits, 16));
        ProgramSpec spec = VerifierFixture.Spec("exit") with { Instructions = [.. Enumerable.Repeat(slot, 1_000_000)] };
        var clock = Stopwatch.StartNew();
        Result<VerifiedProgram> result = VerifierFixture.Verify(spec);

        Assert.False(result.IsSuccess);
        Assert.InRange(result.Findings.Length, 1, Limits.Default.MaxFindings + 1);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
    }

    [Fact]
    public void A_million_calls_among_many_functions_take_bounded_time()
    {
        // Each of 256 functions calls all those after it: 2^254 paths, and 3,900 instructions each.
        const int Functions = 256;
        const int Length = 3_900;
        var code = new List<RawInstruction>();
        for (int function = 0; function < Functions; function++)
        {
            for (int i = 0; i < Length - 1; i++)
            {
                int callee = function + 1 + (i % Math.Max(1, Functions - 1 - function));
                code.Add(callee < Functions
                    ? RawInstruction.Create(0x85, 0, 1, 0, (callee * Length) - code.Count - 1)
                    : RawInstruction.Create(0xb7, 0, 0, 0, 0));
            }

            code.Add(RawInstruction.Create(0x95, 0, 0, 0, 0));
        }

        Result<VerifiedProgram> result = VerifierFixture.Verify(VerifierFixture.Spec("exit") with { Instructions = [.. code] });

        Assert.Equal("SKEP3020", Assert.Single(result.Findings).Rule.Id);
        Assert.Contains(" → … → ", result.Findings[0].Message, StringComparison.Ordinal);
    }

    private static FunctionSpec Function(string text)
    {
        string[] parts = text.Split('+');
        int start = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
        return new($"f{start}", new SlotIndex(start), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), FunctionLinkage.Static, null);
    }
}
