using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Lowering.Validation;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Core.Tests.Execution.Lowering;

/// <summary>What each pass makes of a text, and that the validator sees that it does the same.</summary>
public sealed class PassTests
{
    [Fact]
    public void Branches_that_go_one_way_are_jumps_or_gone()
        => Check(
            ProvedFlow.Run, "r0 = 1\nif r1 > 5 goto pc+1\nif r1 == 3 goto pc+1\nr0 = 2\nexit", "r0 = 1\nif r1 > 0x5 goto pc+1\ngoto pc+1\nr0 = 2\nexit",
            program => program with { Branches = new() { [2] = BranchOutcome.Jumps } });

    [Fact]
    public void Branches_that_never_jump_are_gone()
        => Check(ProvedFlow.Run, "r0 = 1\nif r1 > 5 goto pc+1\nr0 = 2\nexit", "r0 = 1\nr0 = 2\nexit", program => program with { Branches = new() { [1] = BranchOutcome.FallsThrough } });

    [Fact]
    public void Operands_that_never_vary_are_immediates()
        => Check(
            ProvedConstants.Run, "r0 = *(u32 *)(r1 +0)\nr0 += r2\nr0 &= r3\nif r0 > r4 goto pc+0\nexit", "r0 = *(u32 *)(r1 +0)\nr0 += -7\nr0 &= r3\nif r0 > 0x9 goto pc+0\nexit",
            program => program with { Constants = new() { [1] = unchecked((ulong)-7L), [2] = 0xffffffff, [3] = 9 } });

    [Fact]
    public void Code_that_nothing_reaches_is_gone_and_so_are_functions()
        => Check(
            Reachability.Run, "r0 = 1\ngoto pc+2\nr0 = 2\ncall pc+1\nexit\nr0 = 3\nexit", "r0 = 1\ngoto pc+0\nexit");

    [Fact]
    public void Shifts_up_and_down_are_one_extension()
        => Check(
            ShiftPairs.Run, "r0 = *(u64 *)(r1 +0)\nr0 <<= 32\nr0 >>= 32\nr2 = r0\nr2 <<= 32\nr2 s>>= 32\nr0 += r2\nr0 <<= 32\nr0 >>= 31\nexit",
            "r0 = *(u64 *)(r1 +0)\nw0 = w0\nr2 = r0\nr2 = (s32)r2\nr0 += r2\nr0 <<= 32\nr0 >>= 31\nexit");

    [Fact]
    public void A_pair_of_shifts_that_is_entered_in_the_middle_stays()
        => Check(ShiftPairs.Run, "r0 = 9\nif r1 == 0 goto pc+1\nr0 <<= 32\nr0 >>= 32\nexit", "r0 = 9\nif r1 == 0x0 goto pc+1\nr0 <<= 32\nr0 >>= 32\nexit");

    [Theory]
    [InlineData("copies", "r6 = r1\nr7 = r6\nr0 = *(u64 *)(r7 +8)\n*(u64 *)(r7 +0) = r0\nexit", "r6 = r1\nr7 = r1\nr0 = *(u64 *)(r1 +8)\n*(u64 *)(r1 +0) = r0\nexit")]
    [InlineData("addresses", "r2 = r10\nr2 += -16\nr0 = 5\n*(u32 *)(r2 +4) = r0\nr0 = *(u32 *)(r2 +4)\nexit", "r2 = r10\nr2 += -16\nr0 = 5\n*(u32 *)(r10 -12) = 5\nexit")]
    [InlineData("arithmetic", "r0 = 6\nr0 *= 7\nr0 <<= 40\nr0 >>= 38\nexit", "r0 = 6\nr0 = 42\nr0 = 0x2a0000000000 ll\nr0 = 168\nexit")]
    [InlineData("powers", "r0 = *(u64 *)(r1 +0)\nr0 *= 8\nr0 /= 4\nr0 %= 16\nexit", "r0 = *(u64 *)(r1 +0)\nr0 <<= 3\nr0 >>= 2\nr0 &= 15\nexit")]
    [InlineData("nothing", "r0 = *(u8 *)(r1 +0)\nw0 = w0\nr0 &= 255\nr0 += 0\nw0 |= 0\nr0 = (s32)r0\nexit", "r0 = *(u8 *)(r1 +0)\nexit")]
    [InlineData("branches", "r0 = 1\nr2 = 4\nif r2 > 3 goto pc+1\nr0 = 2\nif r2 s< 0 goto pc+1\nr0 += 1\nexit", "r0 = 1\nr2 = 4\ngoto pc+1\nr0 = 2\nif r2 s< 0x0 goto pc+1\nr0 += 1\nexit")]
    [InlineData("spills", "r6 = *(u64 *)(r1 +0)\n*(u64 *)(r10 -8) = r6\nr6 = 0\nr0 = *(u64 *)(r10 -8)\nr2 = *(u64 *)(r10 -8)\nr0 += r2\nexit", "r6 = *(u64 *)(r1 +0)\n*(u64 *)(r10 -8) = r6\nr6 = 0\nr0 = *(u64 *)(r10 -8)\nr2 = r0\nr0 += r0\nexit")]
    [InlineData("other memory", "*(u64 *)(r10 -8) = 1\n*(u64 *)(r1 +0) = 2\nr0 = *(u64 *)(r10 -8)\nexit", "*(u64 *)(r10 -8) = 1\n*(u64 *)(r1 +0) = 2\nr0 = *(u64 *)(r10 -8)\nexit")]
    public void Values_are_followed(string what, string before, string after)
    {
        Assert.NotEmpty(what);
        Check(draft => ValuePropagation.Run(draft), before, after);
    }

    [Theory]
    [InlineData("little", "r0 = *(u8 *)(r1 +5)\nr2 = *(u8 *)(r1 +4)\nr0 <<= 8\nr0 |= r2\nexit", "r0 = *(u16 *)(r1 +4)\nexit")]
    [InlineData("big", "r0 = *(u8 *)(r1 +4)\nr2 = *(u8 *)(r1 +5)\nr0 <<= 8\nr0 |= r2\nexit", "r0 = *(u16 *)(r1 +4)\nr0 = be16 r0\nexit")]
    [InlineData("words", "r0 = *(u16 *)(r1 +2)\nw0 <<= 16\nr2 = *(u16 *)(r1 +0)\nw0 |= w2\nexit", "r0 = *(u32 *)(r1 +0)\nexit")]
    [InlineData("the base goes", "r2 = *(u8 *)(r1 +0)\nr1 = *(u8 *)(r1 +1)\nr1 <<= 8\nr2 |= r1\nr0 = r2\nexit", "r1 = *(u16 *)(r1 +0)\nr2 = r1\nr0 = r2\nexit")]
    [InlineData("a store between", "r0 = *(u8 *)(r1 +1)\n*(u8 *)(r1 +9) = 1\nr2 = *(u8 *)(r1 +0)\nr0 <<= 8\nr0 |= r2\nexit", "r0 = *(u8 *)(r1 +1)\n*(u8 *)(r1 +9) = 1\nr2 = *(u8 *)(r1 +0)\nr0 <<= 8\nr0 |= r2\nexit")]
    [InlineData("a store after", "r0 = *(u8 *)(r1 +1)\nr0 <<= 8\nr2 = *(u8 *)(r1 +0)\n*(u8 *)(r1 +1) = 1\nr0 |= r2\nexit", "r2 = *(u16 *)(r1 +0)\n*(u8 *)(r1 +1) = 1\nr0 = r2\nexit")]
    [InlineData("a gap", "r0 = *(u8 *)(r1 +2)\nr2 = *(u8 *)(r1 +0)\nr0 <<= 8\nr0 |= r2\nexit", "r0 = *(u8 *)(r1 +2)\nr2 = *(u8 *)(r1 +0)\nr0 <<= 8\nr0 |= r2\nexit")]
    public void Bytes_are_loaded_at_once(string what, string before, string after)
    {
        Assert.NotEmpty(what);
        Check(
            draft =>
            {
                ByteLoads.Run(draft);
                DeadDefinitions.Run(draft);
            },
            before, after);
    }

    [Fact]
    public void Eight_bytes_in_network_order_are_one_load_and_a_swap()
    {
        string before = string.Join('\n', Enumerable.Range(0, 8).Select(i => i == 0 ? "r0 = *(u8 *)(r1 +0)" : $"r0 <<= 8\nr2 = *(u8 *)(r1 +{i})\nr0 |= r2"));
        Check(
            draft =>
            {
                ByteLoads.Run(draft);
                DeadDefinitions.Run(draft);
            },
            $"{before}\nexit", "r0 = *(u64 *)(r1 +0)\nr0 = be64 r0\nexit");
    }

    [Theory]
    [InlineData("loads too", "r2 = *(u64 *)(r1 +0)\nr3 = r2\nr3 += 1\nr0 = 0\nexit", "r0 = 0\nexit")]
    [InlineData("upper halves", "r0 = *(u32 *)(r1 +0)\nr2 = *(u64 *)(r1 +8)\nw2 = w2\nr0 += r2\nw0 += 1\nexit", "r0 = *(u32 *)(r1 +0)\nr2 = *(u64 *)(r1 +8)\nr0 += r2\nw0 += 1\nexit")]
    [InlineData("what a loop needs", "r0 = 0\nr2 = 4\nr3 = 7\nr0 += r3\nr2 += -1\nif r2 != 0 goto pc-3\nexit", "r0 = 0\nr2 = 4\nr3 = 7\nr0 += r3\nr2 += -1\nif r2 != 0x0 goto pc-3\nexit")]
    [InlineData("arguments of functions", "r1 = 1\nr2 = 2\nr3 = 3\ncall pc+1\nexit\nr0 = r2\nexit", "r2 = 2\ncall pc+1\nexit\nr0 = r2\nexit")]
    public void What_nothing_reads_is_gone(string what, string before, string after)
    {
        Assert.NotEmpty(what);
        Check(draft => DeadDefinitions.Run(draft), before, after);
    }

    [Theory]
    [InlineData("r0 = 0\nif r1 == 0 goto pc+1\ngoto pc+1\ngoto pc+0\nr0 += 1\nexit", "r0 = 0\nif r1 == 0x0 goto pc+0\nr0 += 1\nexit")]
    [InlineData("r0 = 0\nif r1 == 0 goto pc+1\ngoto pc+2\nr0 = 2\nr0 += 1\nexit", "r0 = 0\nif r1 == 0x0 goto pc+1\nexit\nr0 = 2\nr0 += 1\nexit")]
    public void Jumps_lead_where_they_end(string before, string after)
        => Check(
            draft =>
            {
                JumpThreading.Run(draft);
                Reachability.Run(draft);
            },
            before, after);

    [Fact]
    public void A_slot_that_costs_fuel_keeps_it()
    {
        TestProgram program = TestProgram.From("r0 = 5\nr2 = 1\nr0 += -1\nif r0 != 0 goto pc-3\nexit") with { Proof = Proof.Full, FuelSlots = [1], Limits = Skep.Runtime.Limits.Default with { MaxFuel = 3 } };
        LoweredProgram optimized = Optimizer.Optimize(program.Lower());
        Assert.Equal(1, optimized.OriginalSlots[Assert.Single(optimized.FuelSlots).Value]);
        Assert.DoesNotContain(optimized.Instructions, instruction => instruction.ToString() == "r2 = 1");
    }

    private static void Check(Action<Draft> pass, string before, string after, Func<TestProgram, TestProgram>? with = null)
    {
        TestProgram program = TestProgram.From(before) with { Proof = Proof.Full };
        LoweredProgram lowered = (with is null ? program : with(program)).Lower();
        Draft draft = Draft.Of(lowered);
        pass(draft);
        LoweredProgram optimized = draft.ToProgram(out int[] origins);
        IEnumerable<string> lines = optimized.Instructions.Where(instruction => instruction.Operation != Operation.Continuation).Select(instruction => instruction.ToString());
        Assert.Equal(after.Replace(" ll", "", StringComparison.Ordinal), string.Join('\n', lines));
        Assert.Null(TranslationCheck.FindProblem(lowered, optimized, origins));
    }
}
