using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>How the same is said by another operation.</summary>
internal static class Forms
{
    /// <summary>The operation has a register operand and a sister with an immediate in its place.</summary>
    public static bool TakesImmediate(OpcodeRow row)
        => row.Shape is InstructionShape.AluRegister or InstructionShape.JumpRegister or InstructionShape.StoreRegister;

    /// <summary>The same with a known value in the place of the source register.</summary>
    /// <returns>False when no immediate says the value.</returns>
    public static bool TryWithImmediate(Instruction instruction, ulong value, out Instruction immediate)
    {
        OpcodeRow row = instruction.Row;
        bool fits = row.OperandBits < 64 || (long)value == (int)value;
        immediate = instruction with { Operation = ImmediateOf(row), Source = 0, Immediate = (int)value };
        return fits;
    }

    /// <summary>Gives a register a known value, in one step.</summary>
    public static Instruction Constant(byte register, ulong value)
    {
        Operation operation = (long)value == (int)value ? Operation.Move64Immediate : value <= uint.MaxValue ? Operation.Move32Immediate : Operation.LoadImmediate64;
        return new Instruction(operation, register, 0, 0, operation == Operation.LoadImmediate64 ? (long)value : (int)value);
    }

    public static Instruction Copy(byte to, byte from) => new(Operation.Move64Register, to, from, 0, 0);

    /// <summary>Zeroes the upper half.</summary>
    public static Instruction ZeroExtend(byte to, byte from) => new(Operation.Move32Register, to, from, 0, 0);

    /// <summary>In the list of operations the immediate stands before the register, but stores come in groups of four.</summary>
    private static Operation ImmediateOf(OpcodeRow row)
        => row.Shape == InstructionShape.StoreRegister ? row.Operation - Operation.StoreRegister8 + Operation.StoreImmediate8 : row.Operation - 1;
}
