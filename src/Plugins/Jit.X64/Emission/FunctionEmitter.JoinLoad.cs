using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Joins that begin with a load: of swapped bytes, into arithmetic or a comparison, and back to where it came from.</content>
internal sealed partial class FunctionEmitter
{
    private int JoinLoad(int slot, Instruction load, OpcodeRow row)
    {
        Instruction next = At(slot + 1);
        OpcodeRow nextRow = next.Row;
        MemoryOperand memory = Memory(load.Source, load.Offset);
        if (SwapsLoaded(load, row, next))
        {
            LoadSwapped(RegisterMap.Of(load.Destination), row.OperandBits, memory);
            return 2;
        }

        int updated = JoinUpdate(slot, load, row, next, nextRow);
        if (updated > 0)
        {
            return updated;
        }

        if (row.SignExtends || !IsDeadAfter(slot + 1, load.Destination))
        {
            return 0;
        }

        return nextRow.Shape switch
        {
            InstructionShape.AluRegister => JoinLoadAlu(load, row, next, nextRow, memory),
            InstructionShape.JumpImmediate or InstructionShape.JumpRegister when !JoinsConditionalMove(slot + 1, next) =>
                JoinLoadCompare(slot, load, row, next, nextRow, memory),
            _ => 0,
        };
    }

    /// <summary>A loaded value that is only an operand.</summary>
    private int JoinLoadAlu(Instruction load, OpcodeRow row, Instruction next, OpcodeRow nextRow, in MemoryOperand memory)
    {
        if (next.Source != load.Destination || next.Destination == load.Destination || row.OperandBits != (nextRow.Is64Bit ? 64 : 32)
            || OperandRow(nextRow.Alu) is not { } encoding)
        {
            return 0;
        }

        _writer.Emit(encoding, WidthOf(row), RegisterMap.Of(next.Destination), memory);
        return 2;
    }

    private static EncodingRow? OperandRow(AluOperator alu) => alu == AluOperator.Multiply ? Rows.Multiply : ArithmeticOf(alu)?.FromOperand;

    private static ArithmeticRows? ArithmeticOf(AluOperator alu) => alu switch
    {
        AluOperator.Add => Rows.Add,
        AluOperator.Subtract => Rows.Subtract,
        AluOperator.And => Rows.And,
        AluOperator.Or => Rows.Or,
        AluOperator.ExclusiveOr => Rows.ExclusiveOr,
        _ => null,
    };

    /// <summary>A loaded value that is only compared.</summary>
    private int JoinLoadCompare(int slot, Instruction load, OpcodeRow row, Instruction jump, OpcodeRow jumpRow, in MemoryOperand memory)
    {
        if (jump.Offset == 0)
        {
            return 0;
        }

        Condition condition = ConditionOf(jumpRow.Condition);
        int jumpBits = jumpRow.Is64Bit ? 64 : 32;
        bool isTest = jumpRow.Condition == JumpCondition.AnyBitSet;
        if (jumpRow.UsesSourceRegister)
        {
            bool loadsLeft = jump.Destination == load.Destination;
            int other = loadsLeft ? jump.Source : jump.Destination;
            if (row.OperandBits != jumpBits || jump.Destination == jump.Source || other == (int)Register.R10 || (!loadsLeft && jump.Source != load.Destination) || isTest)
            {
                return 0;
            }

            _writer.Emit(loadsLeft ? Rows.Compare.IntoOperand : Rows.Compare.FromOperand, WidthOf(row), RegisterMap.Of(other), memory);
        }
        else if (jump.Destination != load.Destination || !CompareMemory(row, jump, jumpBits, isTest, memory, ref condition))
        {
            return 0;
        }

        return 1 + JumpIf(slot, slot + 1, condition);
    }

    private bool CompareMemory(OpcodeRow row, Instruction jump, int jumpBits, bool isTest, in MemoryOperand memory, ref Condition condition)
    {
        var immediate = (int)jump.Immediate;
        if (row.OperandBits < jumpBits)
        {
            // The loaded number is not negative in the comparison's width, so that signed order is unsigned order among such numbers.
            if (immediate < 0 || (row.OperandBits < 32 && immediate >= 1 << row.OperandBits))
            {
                return false;
            }

            condition = Unsigned(condition);
        }

        // An immediate of 16 bits stops the decoder.
        if (row.OperandBits > jumpBits || (row.OperandBits == 16 && (isTest || immediate != (sbyte)immediate)))
        {
            return false;
        }

        if (isTest)
        {
            _writer.Encoder.Emit(Rows.TestImmediate, WidthOf(row), default, memory, immediate);
        }
        else
        {
            _writer.Arithmetic(Rows.Compare, WidthOf(row), memory, immediate);
        }

        return true;
    }

    private static Condition Unsigned(Condition condition) => condition switch
    {
        Condition.Less => Condition.Below,
        Condition.LessOrEqual => Condition.BelowOrEqual,
        Condition.Greater => Condition.Above,
        Condition.GreaterOrEqual => Condition.AboveOrEqual,
        _ => condition,
    };

    /// <summary>A value that is loaded, changed and stored where it came from.</summary>
    private int JoinUpdate(int slot, Instruction load, OpcodeRow row, Instruction change, OpcodeRow changeRow)
    {
        if (!IsStraight(slot, 3) || change.Destination != load.Destination || ArithmeticOf(changeRow.Alu) is not { } encoding
            || changeRow.Shape is not (InstructionShape.AluImmediate or InstructionShape.AluRegister))
        {
            return 0;
        }

        Instruction store = At(slot + 2);
        OpcodeRow storeRow = store.Row;
        if (storeRow.Shape != InstructionShape.StoreRegister || storeRow.OperandBits != row.OperandBits || store.Source != load.Destination
            || store.Destination != load.Source || store.Offset != load.Offset || load.Source == load.Destination
            || (row.OperandBits == 64 && !changeRow.Is64Bit) || !IsDeadAfter(slot + 2, load.Destination))
        {
            return 0;
        }

        MemoryOperand memory = Memory(load.Source, load.Offset);
        Width width = WidthOf(row);
        if (changeRow.UsesSourceRegister)
        {
            if (change.Source == change.Destination)
            {
                return 0;
            }

            _writer.Emit(encoding.IntoOperand, width, Use(change.Source), memory);
            return 3;
        }

        if (width == Width.Word && change.Immediate != (sbyte)change.Immediate)
        {
            return 0;
        }

        _writer.Arithmetic(encoding, width, memory, (int)change.Immediate);
        return 3;
    }
}
