using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Programs;
using static Skep.Jit.Cil.Tests.CilRun;

namespace Skep.Jit.Cil.Tests;

/// <summary>Every arithmetic and byte-order operation and every condition, against their meaning, in all registers.</summary>
public sealed unsafe class ArithmeticTests
{
    private const int Pairs = 100;

    public static TheoryData<Operation> WithRegister => Rows(InstructionShape.AluRegister, InstructionShape.MoveSigned, InstructionShape.AluUnary);

    public static TheoryData<Operation> WithImmediate => Rows(InstructionShape.AluImmediate);

    public static TheoryData<Operation> Conditions => Rows(InstructionShape.JumpRegister, InstructionShape.JumpImmediate);

    [Theory]
    [MemberData(nameof(WithRegister))]
    public void Of_registers(Operation operation)
    {
        using LoadedProgram program = Program(AllPairs(operation)).LoadCil();
        ulong[] memory = new ulong[2 + Pairs];
        foreach (ulong left in Values)
        {
            foreach (ulong right in Values)
            {
                (memory[0], memory[1]) = (left, right);
                Run(program, memory);
                for (int pair = 0; pair < Pairs; pair++)
                {
                    // Where both registers are one, the second load is what it holds.
                    ulong destination = pair / 10 == pair % 10 ? right : left;
                    Assert.Equal(ConstantEvaluator.Evaluate(OpcodeTable.Row(operation), destination, right), memory[2 + pair]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(WithImmediate))]
    public void Of_immediates(Operation operation)
    {
        foreach (long immediate in Immediates)
        {
            using LoadedProgram plain = Load(operation, immediate, blinds: false);
            using LoadedProgram blinded = Load(operation, immediate, blinds: true);
            foreach (ulong left in Values)
            {
                ulong expected = ConstantEvaluator.Evaluate(OpcodeTable.Row(operation), left, (ulong)immediate);
                Assert.Equal(expected, Run(plain, [left]).Value);
                Assert.Equal(expected, Run(blinded, [left]).Value);
            }
        }
    }

    /// <summary>The operands are known to be zero-extended, so that 64-bit operations may become 32-bit ones.</summary>
    [Theory]
    [MemberData(nameof(WithRegister))]
    public void Of_numbers_that_are_zero_extended(Operation operation)
    {
        using LoadedProgram program = Program(
        [
            Make(Operation.Load32, 2, 1, 0), Make(Operation.Load32, 3, 1, 8), Make(operation, 2, 3),
            Make(Operation.StoreRegister64, 1, 2, 16), Make(Operation.Move64Register, 0, 2), Make(Operation.Add64Register, 0, 3), Make(Operation.Exit),
        ]).LoadCil();
        foreach (ulong left in Values)
        {
            foreach (ulong right in Values)
            {
                ulong[] memory = [left, right, 0];
                ulong sum = Run(program, memory).Value;
                ulong expected = ConstantEvaluator.Evaluate(OpcodeTable.Row(operation), (uint)left, (uint)right);
                Assert.Equal(expected, memory[2]);
                Assert.Equal(unchecked(expected + (uint)right), sum);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Branches(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        bool hasImmediate = row.Shape == InstructionShape.JumpImmediate;
        foreach (long immediate in hasImmediate ? Immediates.AsSpan() : [0L])
        {
            foreach (Operation load in (ReadOnlySpan<Operation>)[Operation.Load64, Operation.Load32])
            {
                using LoadedProgram program = Program(
                [
                    Make(load, 2, 1, 0), Make(load, 3, 1, 8), Make(Operation.Move64Immediate, 0, immediate: 1), Make(operation, 2, hasImmediate ? 0 : 3, 1, immediate),
                    Make(Operation.Move64Immediate, 0, immediate: 0), Make(Operation.Exit),
                ]).LoadCil();
                ulong mask = load == Operation.Load64 ? ulong.MaxValue : uint.MaxValue;
                foreach (ulong left in Values)
                {
                    foreach (ulong right in hasImmediate ? [(ulong)immediate] : Values.AsSpan())
                    {
                        bool expected = ConstantEvaluator.IsTaken(row, left & mask, hasImmediate ? right : right & mask);
                        Assert.Equal(expected ? 1UL : 0, Run(program, [left, right]).Value);
                    }
                }
            }
        }
    }

    private static LoadedProgram Load(Operation operation, long immediate, bool blinds) => Program(
    [
        Make(Operation.Load64, 0, 1, 0), Make(operation, 0, 0, immediate: immediate), Make(Operation.Exit),
    ]).LoadCil(new Contracts.JitOptions { BlindConstants = blinds });

    /// <summary>Result n is of registers n / 10 and n % 10; the memory's address waits on the stack.</summary>
    private static IEnumerable<Instruction> AllPairs(Operation operation)
    {
        yield return Make(Operation.StoreRegister64, 10, 1, -8);
        for (int pair = 0; pair < Pairs; pair++)
        {
            (int destination, int source) = (pair / 10, pair % 10);
            int memory = Enumerable.Range(0, 10).First(register => register != destination && register != source);
            yield return Make(Operation.Load64, memory, 10, -8);
            yield return Make(Operation.Load64, destination, memory, 0);
            yield return Make(Operation.Load64, source, memory, 8);
            yield return Make(operation, destination, OpcodeTable.Row(operation).ReadsSource ? source : 0);
            yield return Make(Operation.StoreRegister64, memory, destination, 16 + (8 * pair));
        }

        yield return Make(Operation.Move64Immediate, 0);
        yield return Make(Operation.Exit);
    }

    private static TheoryData<Operation> Rows(params InstructionShape[] shapes)
        => [.. OpcodeTable.Rows.Where(row => shapes.Contains(row.Shape)).Select(row => row.Operation)];
}
