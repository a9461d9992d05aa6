using Skep.Isa;

namespace Skep.Execution.Semantics;

/// <summary>
/// Arithmetic and conditions by row, on known values: for the verifier's constants, for folding and for tests. The
/// interpreter has its own dispatch to the same functions.
/// </summary>
public static class ConstantEvaluator
{
    /// <summary>The new value of the destination register.</summary>
    /// <param name="destination">Its value before.</param>
    /// <param name="operand">The source register or the sign-extended immediate; not used where there is none.</param>
    /// <exception cref="ArgumentException">The row has no <see cref="OpcodeRow.Alu"/>.</exception>
    public static ulong Evaluate(OpcodeRow row, ulong destination, ulong operand) => row.Alu switch
    {
        AluOperator.MoveSigned => MoveSigned(row, operand),
        AluOperator.LittleEndian or AluOperator.BigEndian or AluOperator.SwapBytes => OrderBytes(row, destination),
        _ => row.Is64Bit ? Evaluate64(row, destination, operand) : Evaluate32(row, destination, operand),
    };

    /// <summary>Whether a conditional jump is taken.</summary>
    /// <param name="operand">The source register or the sign-extended immediate.</param>
    /// <exception cref="ArgumentException">The row has no <see cref="OpcodeRow.Condition"/>.</exception>
    public static bool IsTaken(OpcodeRow row, ulong destination, ulong operand) =>
        row.Is64Bit ? IsTaken64(row, destination, operand) : IsTaken32(row, destination, operand);

    private static ulong Evaluate64(OpcodeRow row, ulong destination, ulong operand) => row.Alu switch
    {
        AluOperator.Add => Alu64.Add(destination, operand),
        AluOperator.Subtract => Alu64.Subtract(destination, operand),
        AluOperator.Multiply => Alu64.Multiply(destination, operand),
        AluOperator.Divide => Alu64.Divide(destination, operand),
        AluOperator.SignedDivide => Alu64.SignedDivide(destination, operand),
        AluOperator.Or => Alu64.Or(destination, operand),
        AluOperator.And => Alu64.And(destination, operand),
        AluOperator.ShiftLeft => Alu64.ShiftLeft(destination, operand),
        AluOperator.ShiftRight => Alu64.ShiftRight(destination, operand),
        AluOperator.Modulo => Alu64.Modulo(destination, operand),
        AluOperator.SignedModulo => Alu64.SignedModulo(destination, operand),
        AluOperator.ExclusiveOr => Alu64.ExclusiveOr(destination, operand),
        AluOperator.Move => operand,
        AluOperator.ShiftRightArithmetic => Alu64.ShiftRightArithmetic(destination, operand),
        AluOperator.Negate => Alu64.Negate(destination),
        _ => throw NotApplicable(row, nameof(OpcodeRow.Alu)),
    };

    private static ulong Evaluate32(OpcodeRow row, ulong destination, ulong operand) => row.Alu switch
    {
        AluOperator.Add => Alu32.Add(destination, operand),
        AluOperator.Subtract => Alu32.Subtract(destination, operand),
        AluOperator.Multiply => Alu32.Multiply(destination, operand),
        AluOperator.Divide => Alu32.Divide(destination, operand),
        AluOperator.SignedDivide => Alu32.SignedDivide(destination, operand),
        AluOperator.Or => Alu32.Or(destination, operand),
        AluOperator.And => Alu32.And(destination, operand),
        AluOperator.ShiftLeft => Alu32.ShiftLeft(destination, operand),
        AluOperator.ShiftRight => Alu32.ShiftRight(destination, operand),
        AluOperator.Modulo => Alu32.Modulo(destination, operand),
        AluOperator.SignedModulo => Alu32.SignedModulo(destination, operand),
        AluOperator.ExclusiveOr => Alu32.ExclusiveOr(destination, operand),
        AluOperator.Move => Alu32.Move(operand),
        AluOperator.ShiftRightArithmetic => Alu32.ShiftRightArithmetic(destination, operand),
        AluOperator.Negate => Alu32.Negate(destination),
        _ => throw NotApplicable(row, nameof(OpcodeRow.Alu)),
    };

    private static ulong MoveSigned(OpcodeRow row, ulong operand) => (row.Is64Bit, row.OperandBits) switch
    {
        (true, 8) => Alu64.MoveSigned8(operand),
        (true, 16) => Alu64.MoveSigned16(operand),
        (true, _) => Alu64.MoveSigned32(operand),
        (false, 8) => Alu32.MoveSigned8(operand),
        (false, _) => Alu32.MoveSigned16(operand),
    };

    private static ulong OrderBytes(OpcodeRow row, ulong value) => (row.Alu, row.OperandBits) switch
    {
        (AluOperator.LittleEndian, 16) => ByteOrder.ToLittleEndian16(value),
        (AluOperator.LittleEndian, 32) => ByteOrder.ToLittleEndian32(value),
        (AluOperator.LittleEndian, _) => ByteOrder.ToLittleEndian64(value),
        (AluOperator.BigEndian, 16) => ByteOrder.ToBigEndian16(value),
        (AluOperator.BigEndian, 32) => ByteOrder.ToBigEndian32(value),
        (AluOperator.BigEndian, _) => ByteOrder.ToBigEndian64(value),
        (_, 16) => ByteOrder.Swap16(value),
        (_, 32) => ByteOrder.Swap32(value),
        _ => ByteOrder.Swap64(value),
    };

    private static bool IsTaken64(OpcodeRow row, ulong destination, ulong operand) => row.Condition switch
    {
        JumpCondition.Equal => Jump.Equal64(destination, operand),
        JumpCondition.GreaterThan => Jump.GreaterThan64(destination, operand),
        JumpCondition.GreaterOrEqual => Jump.GreaterOrEqual64(destination, operand),
        JumpCondition.AnyBitSet => Jump.AnyBitSet64(destination, operand),
        JumpCondition.NotEqual => Jump.NotEqual64(destination, operand),
        JumpCondition.SignedGreaterThan => Jump.SignedGreaterThan64(destination, operand),
        JumpCondition.SignedGreaterOrEqual => Jump.SignedGreaterOrEqual64(destination, operand),
        JumpCondition.LessThan => Jump.LessThan64(destination, operand),
        JumpCondition.LessOrEqual => Jump.LessOrEqual64(destination, operand),
        JumpCondition.SignedLessThan => Jump.SignedLessThan64(destination, operand),
        JumpCondition.SignedLessOrEqual => Jump.SignedLessOrEqual64(destination, operand),
        _ => throw NotApplicable(row, nameof(OpcodeRow.Condition)),
    };

    private static bool IsTaken32(OpcodeRow row, ulong destination, ulong operand) => row.Condition switch
    {
        JumpCondition.Equal => Jump.Equal32(destination, operand),
        JumpCondition.GreaterThan => Jump.GreaterThan32(destination, operand),
        JumpCondition.GreaterOrEqual => Jump.GreaterOrEqual32(destination, operand),
        JumpCondition.AnyBitSet => Jump.AnyBitSet32(destination, operand),
        JumpCondition.NotEqual => Jump.NotEqual32(destination, operand),
        JumpCondition.SignedGreaterThan => Jump.SignedGreaterThan32(destination, operand),
        JumpCondition.SignedGreaterOrEqual => Jump.SignedGreaterOrEqual32(destination, operand),
        JumpCondition.LessThan => Jump.LessThan32(destination, operand),
        JumpCondition.LessOrEqual => Jump.LessOrEqual32(destination, operand),
        JumpCondition.SignedLessThan => Jump.SignedLessThan32(destination, operand),
        JumpCondition.SignedLessOrEqual => Jump.SignedLessOrEqual32(destination, operand),
        _ => throw NotApplicable(row, nameof(OpcodeRow.Condition)),
    };

    private static ArgumentException NotApplicable(OpcodeRow row, string property) =>
        new($"{row.Operation} has no {property}.", nameof(row));
}
