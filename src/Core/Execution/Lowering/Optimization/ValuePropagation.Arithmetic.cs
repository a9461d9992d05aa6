using System.Numerics;
using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <content>Arithmetic: known results, cheaper ways to say it, and what changes nothing.</content>
internal sealed partial class ValuePropagation
{
    private void Calculate(ref Step step, int index, OpcodeRow row)
    {
        Instruction instruction = step.Instruction;
        KnownValue left = _values.ValueIn(instruction.Destination);
        KnownValue right = row.UsesSourceRegister ? _values.ValueIn(instruction.Source) : KnownValue.Of((ulong)instruction.Immediate);
        if ((!row.ReadsDestination || left.IsConstant) && right.IsConstant)
        {
            SetConstant(ref step, index, ConstantEvaluator.Evaluate(row, left.Constant, right.Constant));
            return;
        }

        if (row.Shape == InstructionShape.AluRegister && right.IsConstant && Forms.TryWithImmediate(instruction, right.Constant, out Instruction immediate))
        {
            step.Instruction = instruction = immediate;
            row = instruction.Row;
        }

        if (TryCopy(ref step, index, row, left, right))
        {
            return;
        }

        if (row.Shape == InstructionShape.AluImmediate)
        {
            step.Instruction = instruction = Cheaper(instruction, row, right.Constant);
            row = instruction.Row;
            right = KnownValue.Of((ulong)instruction.Immediate);
        }

        var result = KnownValue.Unknown(row.Alu == AluOperator.Move
            ? right.Possible & uint.MaxValue
            : KnownValue.PossibleAfter(row, left.Possible, right.Possible, right.IsConstant, right.Constant));
        if (row.Operation == Operation.Add64Immediate)
        {
            (result.Base, long offset) = _values.PlaceOf(instruction.Destination);
            result.Offset = offset + instruction.Immediate;
        }

        _values.Set(instruction.Destination, result);
    }

    private void SetConstant(ref Step step, int index, ulong value)
    {
        byte register = step.Instruction.Destination;
        if (_values.ValueIn(register) is { IsConstant: true } before && before.Constant == value)
        {
            _draft.Remove(index);
            return;
        }

        step.Instruction = Forms.Constant(register, value);
        _values.Set(register, KnownValue.Of(value));
    }

    /// <summary>Operations whose result some register has already.</summary>
    private bool TryCopy(ref Step step, int index, OpcodeRow row, in KnownValue left, in KnownValue right)
    {
        Instruction instruction = step.Instruction;
        ulong width = row.Is64Bit ? ulong.MaxValue : uint.MaxValue;
        if (row.Alu is AluOperator.Move or AluOperator.MoveSigned)
        {
            ulong positive = row.Alu == AluOperator.Move ? width : (1UL << (row.OperandBits - 1)) - 1;
            if ((right.Possible & ~positive) == 0)
            {
                step.Instruction = Forms.Copy(instruction.Destination, instruction.Source);
                Copy(ref step, index, _values[instruction.Source]);
                return true;
            }

            return false;
        }

        if ((left.Possible & ~width) != 0 || !KeepsLeft(row, left, right))
        {
            return false;
        }

        _draft.Remove(index);
        return true;
    }

    private static bool KeepsLeft(OpcodeRow row, in KnownValue left, in KnownValue right) => row.Alu switch
    {
        AluOperator.LittleEndian => (left.Possible & ~KnownValue.OfSize(row.OperandBits / 8)) == 0,
        _ when !right.IsConstant || row.Shape == InstructionShape.AluUnary => false,
        AluOperator.And => (left.Possible & ~right.Constant) == 0,
        AluOperator.Add or AluOperator.Subtract or AluOperator.Or or AluOperator.ExclusiveOr or AluOperator.ShiftLeft or AluOperator.ShiftRight
            or AluOperator.ShiftRightArithmetic => right.Constant == 0,
        AluOperator.Multiply or AluOperator.Divide => right.Constant == 1,
        _ => false,
    };

    /// <summary>The step has become a copy of a value.</summary>
    private void Copy(ref Step step, int index, int value)
    {
        byte register = step.Instruction.Destination;
        if (_values[register] == value)
        {
            _draft.Remove(index);
        }
        else
        {
            _values.Set(register, value);
        }
    }

    private static Instruction Cheaper(Instruction instruction, OpcodeRow row, ulong operand)
    {
        operand = row.Is64Bit ? operand : (uint)operand;
        if (!BitOperations.IsPow2(operand) || operand > int.MaxValue)
        {
            return instruction;
        }

        Operation shift = row.Alu switch
        {
            AluOperator.Multiply => row.Is64Bit ? Operation.ShiftLeft64Immediate : Operation.ShiftLeft32Immediate,
            AluOperator.Divide => row.Is64Bit ? Operation.ShiftRight64Immediate : Operation.ShiftRight32Immediate,
            _ => Operation.Invalid,
        };
        if (shift != Operation.Invalid)
        {
            return instruction with { Operation = shift, Immediate = BitOperations.Log2(operand) };
        }

        return row.Alu == AluOperator.Modulo
            ? instruction with { Operation = row.Is64Bit ? Operation.And64Immediate : Operation.And32Immediate, Immediate = (long)operand - 1 }
            : instruction;
    }
}
