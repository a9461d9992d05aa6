using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Lowering.Validation;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution.Lowering;

/// <summary>The validator against wrong programs: each instruction of right ones is changed, and what it lets pass must do the same all the same.</summary>
public sealed unsafe class TranslationCheckTests
{
    private const int Memory = 64;
    private const int Inputs = 40;

    public static TheoryData<string> Texts => new(
        """
        r0 = *(u8 *)(r1 +0)
        r2 = *(u8 *)(r1 +1)
        r2 <<= 8
        r0 |= r2
        r3 = *(u32 *)(r1 +8)
        w3 = w3
        r0 += r3
        *(u64 *)(r1 +16) = r0
        exit
        """,
        """
        r0 = 0
        r6 = *(u8 *)(r1 +0)
        r6 &= 7
        again:
        r2 = r1
        r2 += r6
        r3 = *(u8 *)(r2 +24)
        w3 *= 4
        w0 += w3
        *(u8 *)(r2 +40) = r0
        r6 += -1
        if r6 s> 0 goto again
        exit
        """,
        """
        r7 = r1
        r6 = *(u64 *)(r1 +0)
        *(u64 *)(r10 -8) = r6
        r1 = *(u64 *)(r10 -8)
        r2 = *(u32 *)(r7 +4)
        call twice
        if w0 > 100 goto big
        r0 ^= r6
        r0 >>= 3
        *(u32 *)(r7 +32) = r0
        exit
        big:
        r0 s>>= 7
        r3 = 5
        lock *(u64 *)(r7 +8) += r3
        exit
        twice:
        r0 = r1
        r0 -= r2
        if r0 s< r2 goto less
        r0 <<= 33
        r0 >>= 32
        exit
        less:
        w0 = -w0
        exit
        """);

    [Theory]
    [MemberData(nameof(Texts))]
    public void What_passes_does_the_same(string text)
    {
        TestProgram program = TestProgram.From(text) with { Proof = Proof.Full };
        LoweredProgram lowered = program.Lower();
        LoweredProgram right = Optimizer.Draft(lowered).ToProgram(out int[] origins);
        Assert.Null(TranslationCheck.FindProblem(lowered, right, origins));
        Assert.Null(FirstDifference(lowered, right));
        int wrong = 0;
        int caught = 0;
        for (int slot = 0; slot < right.Instructions.Length; slot++)
        {
            foreach (Instruction mutant in Mutants(right.Instructions[slot]).Where(mutant => mutant != right.Instructions[slot]))
            {
                LoweredProgram changed = Copy(right, right.Instructions.SetItem(slot, mutant));
                bool passes = TranslationCheck.FindProblem(lowered, changed, origins) is null;
                caught += passes ? 0 : 1;
                wrong++;
                string? difference = passes ? FirstDifference(lowered, changed) : null;
                Assert.True(difference is null, $"slot {slot}: {mutant} for {right.Instructions[slot]}: {difference}");
            }
        }

        // Fields that the operation does not use change nothing.
        Assert.True(caught > wrong / 2, $"{caught} of {wrong} changes were seen");
    }

    [Fact]
    public void Fuel_is_paid_as_often_and_at_the_same_slots()
    {
        TestProgram program = TestProgram.From("r0 = 5\nr2 = 1\nr0 += -1\nif r0 != 0 goto pc-3\nexit") with { Proof = Proof.Full, FuelSlots = [1] };
        LoweredProgram lowered = program.Lower();
        LoweredProgram right = Optimizer.Draft(lowered).ToProgram(out int[] origins);
        Assert.Null(TranslationCheck.FindProblem(lowered, right, origins));
        Assert.NotNull(TranslationCheck.FindProblem(lowered, Copy(right, right.Instructions, fuel: []), origins));
        Assert.NotNull(TranslationCheck.FindProblem(lowered, Copy(right, right.Instructions, fuel: [new SlotIndex(right.FuelSlots[0].Value + 1)]), origins));
    }

    [Fact]
    public void Frames_stay_as_they_are()
    {
        LoweredProgram lowered = (TestProgram.From("r0 = 5\nexit") with { Proof = Proof.Full }).Lower();
        LoweredProgram right = Optimizer.Draft(lowered).ToProgram(out int[] origins);
        Assert.NotNull(TranslationCheck.FindProblem(lowered, Copy(right, right.Instructions, functions: [right.Functions[0] with { StackBytes = 8 }]), origins));
        Assert.NotNull(TranslationCheck.FindProblem(lowered, Copy(right, right.Instructions, functions: [right.Functions[0] with { ClearsStack = false }]), origins));
    }

    private static IEnumerable<Instruction> Mutants(Instruction right)
    {
        yield return right with { Immediate = right.Immediate + 1 };
        yield return right with { Offset = right.Offset + 1 };
        yield return right with { Offset = right.Offset - 1 };
        yield return right with { Destination = (byte)((right.Destination + 1) % 10) };
        yield return right with { Source = (byte)((right.Source + 1) % 10) };
        yield return new Instruction(Operation.Jump, 0, 0, 0, 0);
        foreach (int step in (int[])[1, 2])
        {
            var other = (Operation)((int)right.Operation + step);
            if ((int)other < OpcodeTable.Rows.Length && OpcodeTable.Row(other).Shape == right.Row.Shape)
            {
                yield return right with { Operation = other };
            }
        }
    }

    private static string? FirstDifference(LoweredProgram left, LoweredProgram right)
    {
        var random = new Random(7);
        byte[] input = new byte[Memory];
        for (int i = 0; i < Inputs; i++)
        {
            random.NextBytes(input);
            (RunResult expected, byte[] expectedMemory) = Run(left, input);
            (RunResult actual, byte[] actualMemory) = Run(right, input);
            if (expected != actual || !expectedMemory.AsSpan().SequenceEqual(actualMemory))
            {
                return $"{actual} instead of {expected}";
            }
        }

        return null;
    }

    private static (RunResult Result, byte[] Memory) Run(LoweredProgram lowered, byte[] input)
    {
        byte[] memory = [.. input];
        using var program = new LoadedProgram(new ProgramId(1), lowered, InterpreterEngine.CreateChecked(lowered, Limits.Default with { MaxFuel = 10_000 }), "", [], _ => { });
        fixed (byte* address = memory)
        {
            return (program.Run(new ProgramEntry((ulong)address, 0, new MemoryRegion((nint)address, Memory, MemoryAccess.ReadWrite))), memory);
        }
    }

    private static LoweredProgram Copy(
        LoweredProgram program, ImmutableArray<Instruction> instructions, ImmutableArray<SlotIndex>? fuel = null, ImmutableArray<LoweredFunction>? functions = null)
        => new(program.Verified)
        {
            Instructions = instructions,
            OriginalSlots = program.OriginalSlots,
            Functions = functions ?? program.Functions,
            FuelSlots = fuel ?? program.FuelSlots,
            Helpers = program.Helpers,
            Maps = program.Maps,
        };
}
