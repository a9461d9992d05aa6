using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

public sealed unsafe class CallTests
{
    // Calls itself as often as R1 says, and counts the frames on the way out.
    private const string Recursion = """
        r1 = {0}
        call descend
        exit
        descend:
        r6 = r1
        r0 = 1
        if r6 == 0 goto out
        r1 += -1
        call descend
        r0 += 1
        out:
        exit
        """;

    private static readonly HelperDescriptor Repeat = new("repeat")
    {
        Number = new HelperNumber(10),
        Arguments = [new(HelperArgumentKind.Anything, "times"), new(HelperArgumentKind.Function, "callback"), new(HelperArgumentKind.StackOrNull, "state")],
    };

    private static readonly ImmutableArray<TestHelper> Helpers = [new(Repeat, RepeatCall)];

    [Theory]
    [InlineData(Mode.Checked, 6)]
    [InlineData(Mode.Unchecked, 6)]
    public void Eight_frames_are_allowed(Mode mode, int calls)
        => Assert.Equal(new RunResult((ulong)calls + 1, Trap.None), TestProgram.From(string.Format(null, Recursion, calls)).Run(mode));

    [Theory]
    [InlineData(Mode.Checked, 7)]
    [InlineData(Mode.Unchecked, 7)]
    public void The_ninth_frame_traps_at_its_call(Mode mode, int calls)
        => Assert.Equal(new Trap(TrapKind.CallDepth, new SlotIndex(7)), TestProgram.From(string.Format(null, Recursion, calls)).Run(mode).Trap);

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void A_call_preserves_R6_to_R10_and_has_a_zeroed_stack_of_its_own(Mode mode)
    {
        RunResult result = TestProgram.From("""
            r6 = 6
            r7 = 7
            r8 = 8
            r9 = 9
            *(u64 *)(r10 -8) = 5
            call spoil
            call spoil
            r0 += r6
            r0 += r7
            r0 += r8
            r0 += r9
            r1 = *(u64 *)(r10 -8)
            r0 += r1
            exit
            spoil:
            r6 = 100
            r7 = 100
            r8 = 100
            r9 = 100
            r0 = *(u64 *)(r10 -8)
            r1 = *(u64 *)(r10 -512)
            r0 += r1
            *(u64 *)(r10 -8) = 1000
            *(u64 *)(r10 -512) = 1000
            exit
            """).Run(mode);
        Assert.Equal(new RunResult(35, Trap.None), result);
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void A_helper_calls_back_with_arguments_and_gets_R0(Mode mode)
    {
        TestProgram program = TestProgram.From("""
            r6 = 77
            *(u64 *)(r10 -8) = 0
            r1 = 5
            r2 = subprog[+8]
            r3 = r10
            r3 += -8
            call repeat#10
            r1 = *(u64 *)(r10 -8)
            r0 += r1
            r0 += r6
            exit
            r6 = *(u64 *)(r2 +0)
            r6 += r1
            *(u64 *)(r2 +0) = r6
            r0 = 100
            exit
            """) with { Helpers = Helpers };

        // R0 of five callbacks, 0 + 1 + 2 + 3 + 4 on the stack, and R6 as it was.
        Assert.Equal(new RunResult(500 + 10 + 77, Trap.None), program.Run(mode));
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void Callbacks_count_as_frames(Mode mode)
    {
        TestProgram program = TestProgram.From("""
            r1 = 1
            r2 = subprog[+4]
            r3 = 0
            call repeat#10
            exit
            r1 = 1
            r2 = subprog[-2]
            r3 = 0
            call repeat#10
            exit
            """) with { Helpers = Helpers };
        Assert.Equal(new Trap(TrapKind.CallDepth, new SlotIndex(10)), program.Run(mode).Trap);
    }

    [Fact]
    public void A_trap_in_a_callback_ends_the_run_at_the_callback()
    {
        TestProgram program = TestProgram.From("""
            r1 = 5
            r2 = subprog[+5]
            r3 = 0
            call repeat#10
            r0 = 1
            exit
            r0 = *(u64 *)(r10 -520)
            exit
            """) with { Helpers = Helpers };
        Trap trap = program.Run().Trap;
        Assert.Equal((TrapKind.MemoryAccess, 7), (trap.Kind, trap.Slot.Value));
    }

    [Fact]
    public void Stale_frames_are_not_the_programs_memory()
    {
        TrapKind kind = TestProgram.From("""
            call leak
            r1 = *(u64 *)(r0 +0)
            exit
            leak:
            r0 = r10
            r0 += -8
            exit
            """).Run().Trap.Kind;
        Assert.Equal(TrapKind.MemoryAccess, kind);
    }

    [Theory]
    [InlineData("r4 = 10", 42)]
    [InlineData("r4 = 11", null)]
    [InlineData("r4 = -1", null)]
    [InlineData("r4 = 0x10000000a ll", null)]
    public void A_call_by_register_reaches_what_may_be_called(string load, int? expected)
    {
        TestProgram program = TestProgram.From(load.Replace(" ll", "", StringComparison.Ordinal) + "\ncallx r4\nexit") with
        {
            Helpers =
            [
                new(new HelperDescriptor("answer") { Number = new HelperNumber(10) }, (_, _, _, _, _, _) => 42),
                new(new HelperDescriptor("elsewhere") { Number = new HelperNumber(11), ProgramTypes = ["other"] }, (_, _, _, _, _, _) => 43),
            ],
        };
        RunResult result = program.Run();
        Assert.Equal(expected is null ? TrapKind.InvalidInstruction : TrapKind.None, result.Trap.Kind);
        Assert.Equal((ulong)(expected ?? 0), result.Value);
    }

    [Theory]
    [InlineData("GPL", TrapKind.None)]
    [InlineData("Proprietary", TrapKind.InvalidInstruction)]
    public void A_call_by_register_minds_the_licence(string license, TrapKind expected)
    {
        TestProgram program = TestProgram.From("r4 = 10\ncallx r4\nexit") with
        {
            License = license,
            Helpers = [new(new HelperDescriptor("answer") { Number = new HelperNumber(10), IsGplOnly = true }, (_, _, _, _, _, _) => 42)],
        };
        Assert.Equal(expected, program.Run().Trap.Kind);
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void May_goto_jumps_when_its_budget_is_spent(Mode mode)
    {
        RunResult result = TestProgram.From("""
            r0 = 0
            again:
            may_goto out
            r0 += 1
            goto again
            out:
            exit
            """).Run(mode);
        Assert.Equal(new RunResult(InvocationLayout.MayGotoBudget, Trap.None), result);
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void A_packet_load_outside_ends_the_function_with_0(Mode mode)
    {
        using var packet = new GuardedMemory(16);
        packet.Bytes.Fill(0xff);
        var entry = new ProgramEntry(0, 0, MemoryRegion.None, packet.Region(MemoryAccess.Read));
        Assert.Equal(0xffff_ffffu, TestProgram.From("r0 = *(u32 *)skb[12]\nexit").Run(mode, entry).Value);
        foreach (string load in new[] { "skb[13]", "skb[16]", "skb[-1]", "skb[2147483647]", "skb[r7 + 0]", "skb[r7 + -14]" })
        {
            RunResult result = TestProgram.From($"r7 = 13\nr0 = *(u32 *){load}\nr0 = 1\nexit").Run(mode, entry);
            Assert.Equal(new RunResult(0, Trap.None), result);
        }
    }

    [Fact]
    public void Exactly_the_fuel_that_there_is_can_be_used()
    {
        TestProgram program = TestProgram.From("r0 = 1\nr0 = 2\ngoto pc+0\nexit");
        Assert.Equal(new RunResult(2, Trap.None), (program with { Limits = new Limits { MaxFuel = 4 } }).Run());
        Assert.Equal(new Trap(TrapKind.FuelExhausted, new SlotIndex(3)), (program with { Limits = new Limits { MaxFuel = 3 } }).Run().Trap);
        Assert.Equal(2u, (program with { Limits = new Limits { MaxFuel = 3 } }).Run(Mode.Unchecked).Value);
    }

    [Fact]
    public void Fuel_is_shared_with_callbacks()
    {
        TestProgram program = TestProgram.From("""
            r1 = 5
            r2 = subprog[+4]
            r3 = 0
            call repeat#10
            exit
            r0 = 0
            exit
            """) with { Helpers = Helpers };

        // 15 instructions, the call of the helper (100), and the frames of its five callbacks (20 each).
        Assert.Equal(TrapKind.None, (program with { Limits = new Limits { MaxFuel = 215 } }).Run().Trap.Kind);
        Assert.Equal(TrapKind.FuelExhausted, (program with { Limits = new Limits { MaxFuel = 214 } }).Run().Trap.Kind);
    }

    [Theory]
    [InlineData(Mode.Checked)]
    [InlineData(Mode.Unchecked)]
    public void A_run_starts_with_its_entry_and_zeros(Mode mode)
    {
        RunResult result = TestProgram.From("""
            r0 += r3
            r0 += r4
            r0 += r5
            r0 += r6
            r0 += r7
            r0 += r8
            r0 += r9
            r3 = *(u64 *)(r10 -8)
            r0 += r3
            r3 = *(u64 *)(r10 -512)
            r0 += r3
            r0 += r1
            r0 += r2
            exit
            """).Run(mode, new ProgramEntry(1000, 22, MemoryRegion.None));
        Assert.Equal(new RunResult(1022, Trap.None), result);
    }

    private static ulong RepeatCall(Invocation* invocation, ulong times, ulong callback, ulong state, ulong r4, ulong r5)
    {
        ulong sum = 0;
        for (ulong i = 0; i < times && !invocation->HasTrapped; i++)
        {
            sum += Invocation.Call(invocation, callback, i, state);
        }

        return sum;
    }
}
