using Skep.Core.Tests.Isa;
using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Core.Tests.Semantics;

public sealed class ArithmeticTests
{
    public static TheoryData<Operation> AluOperations =>
        new(IsaSamples.RealRows.Where(row => row.Alu != AluOperator.None).Select(row => row.Operation));

    public static TheoryData<Operation> ConditionalJumps =>
        new(IsaSamples.RealRows.Where(row => row.Condition != JumpCondition.None).Select(row => row.Operation));

    [Theory]
    [MemberData(nameof(AluOperations))]
    public void Arithmetic_is_the_one_of_the_RFC(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        foreach ((RawInstruction raw, ulong destination, ulong operand) in Cases(row))
        {
            ulong expected = RfcReference.Alu(raw, destination, operand);
            ulong actual = ConstantEvaluator.Evaluate(row, destination, operand);
            Assert.True(expected == actual, $"{operation} 0x{destination:x} 0x{operand:x}: is 0x{actual:x}, expected 0x{expected:x}");
        }
    }

    [Theory]
    [MemberData(nameof(ConditionalJumps))]
    public void Conditions_are_the_ones_of_the_RFC(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        foreach ((RawInstruction raw, ulong destination, ulong operand) in Cases(row))
        {
            bool expected = RfcReference.IsTaken(raw, destination, operand);
            bool actual = ConstantEvaluator.IsTaken(row, destination, operand);
            Assert.True(expected == actual, $"{operation} 0x{destination:x} 0x{operand:x}: is {actual}, expected {expected}");
        }
    }

    // Numbers that the RFC states in words, so that the reference itself is not the only witness.
    [Theory]
    [InlineData(Operation.Divide64Register, 5, 0, 0)]
    [InlineData(Operation.Modulo64Register, -5, 0, -5)]
    [InlineData(Operation.Modulo32Register, -5, 0, 0xffff_fffb)]
    [InlineData(Operation.SignedModulo32Register, -5, 1L << 32, 0xffff_fffb)]
    [InlineData(Operation.SignedModulo64Register, -13, 3, -1)]
    [InlineData(Operation.SignedDivide64Register, -13, 3, -4)]
    [InlineData(Operation.SignedDivide64Register, long.MinValue, -1, long.MinValue)]
    [InlineData(Operation.SignedModulo64Register, long.MinValue, -1, 0)]
    [InlineData(Operation.SignedDivide32Register, 0x8000_0000, -1, 0x8000_0000)]
    [InlineData(Operation.SignedModulo32Register, 0x8000_0000, -1, 0)]
    [InlineData(Operation.ShiftLeft64Register, 1, 65, 2)]
    [InlineData(Operation.ShiftLeft32Register, 1, 33, 2)]
    [InlineData(Operation.ShiftRightArithmetic32Register, 0x8000_0000, 31, 0xffff_ffff)]
    [InlineData(Operation.MoveSigned8To32, -1, 0x80, 0xffff_ff80)]
    [InlineData(Operation.MoveSigned8To64, 0, 0x80, -128)]
    [InlineData(Operation.Move32Register, 0, -1, 0xffff_ffff)]
    [InlineData(Operation.ToLittleEndian16, 0x12345678, 0, 0x5678)]
    [InlineData(Operation.ToBigEndian16, 0x12345678, 0, 0x7856)]
    [InlineData(Operation.SwapBytes32, 0x1_12345678, 0, 0x78563412)]
    public void Known_results(Operation operation, long destination, long operand, long expected) =>
        Assert.Equal((ulong)expected, ConstantEvaluator.Evaluate(OpcodeTable.Row(operation), (ulong)destination, (ulong)operand));

    [Fact]
    public void A_row_without_arithmetic_or_condition_is_misuse()
    {
        Assert.Throws<ArgumentException>(() => ConstantEvaluator.Evaluate(OpcodeTable.Row(Operation.Exit), 0, 0));
        Assert.Throws<ArgumentException>(() => ConstantEvaluator.IsTaken(OpcodeTable.Row(Operation.Jump), 0, 0));
    }

    private static IEnumerable<(RawInstruction Raw, ulong Destination, ulong Operand)> Cases(OpcodeRow row)
    {
        foreach (ulong destination in RfcReference.Edges)
        {
            foreach (ulong operand in RfcReference.Edges)
            {
                bool takesImmediate = row.Immediate.Use == FieldUse.Operand;
                int immediate = takesImmediate ? (int)operand : 0;
                Instruction instruction = new(row.Operation, 1, (byte)(row.UsesSourceRegister ? 2 : 0), 0, immediate);
                RawInstruction raw = InstructionEncoder.EncodeFirst(instruction);
                yield return (raw, destination, takesImmediate ? (ulong)immediate : operand);
            }
        }
    }
}
