using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Core.Tests.Execution.Lowering;

/// <summary>What optimiser and validator both take for true of arithmetic, against what arithmetic does.</summary>
public sealed class LemmaTests
{
    private const int Tries = 2000;

    public static TheoryData<Operation> Arithmetic => [.. OpcodeTable.Rows.Where(row => row.Alu != AluOperator.None).Select(row => row.Operation)];

    [Theory]
    [MemberData(nameof(Arithmetic))]
    public void Results_have_no_bits_but_the_possible_ones(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        var random = new Random((int)operation);
        for (int i = 0; i < Tries; i++)
        {
            ulong left = Number(random);
            ulong right = row.Shape == InstructionShape.AluImmediate ? (ulong)(int)Number(random) : Number(random);
            ulong result = ConstantEvaluator.Evaluate(row, left, right);
            if (row.Alu is not (AluOperator.Move or AluOperator.MoveSigned))
            {
                ulong moreLeft = left | Number(random);
                ulong moreRight = right | Number(random);
                Assert.Equal(0ul, result & ~KnownValue.PossibleAfter(row, moreLeft, moreRight, false, 0));
                Assert.Equal(0ul, result & ~KnownValue.PossibleAfter(row, moreLeft, right, true, right));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Arithmetic))]
    public void Halves_that_are_not_needed_do_not_matter(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        var random = new Random((int)operation);
        for (int i = 0; i < Tries; i++)
        {
            var instruction = new Instruction(operation, 1, 2, 0, row.Shape == InstructionShape.AluImmediate ? (int)Number(random) : 0);
            bool isLow = (i & 1) != 0;
            RegisterHalves needed = Demand.Before(instruction, isLow ? RegisterHalves.LowOf(1) : RegisterHalves.UpperOf(1));
            ulong one = Number(random);
            ulong two = Number(random);
            ulong first = Evaluate(instruction, row, one, two);
            ulong second = Evaluate(instruction, row, Spoil(one, needed, 1, random), Spoil(two, needed, 2, random));
            Assert.Equal(isLow ? (uint)first : first >> 32, isLow ? (uint)second : second >> 32);
        }
    }

    private static ulong Evaluate(Instruction instruction, OpcodeRow row, ulong destination, ulong source)
        => ConstantEvaluator.Evaluate(row, destination, row.UsesSourceRegister ? source : (ulong)instruction.Immediate);

    private static ulong Spoil(ulong value, RegisterHalves needed, byte register, Random random)
    {
        ulong spoilt = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        ulong kept = (needed.HasLow(register) ? uint.MaxValue : 0ul) | (needed.HasUpper(register) ? 0xffffffff_00000000 : 0ul);
        return (value & kept) | (spoilt & ~kept);
    }

    /// <summary>Of any length.</summary>
    private static ulong Number(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
}
