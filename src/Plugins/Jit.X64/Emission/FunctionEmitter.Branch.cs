using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Jumps (RFC 9669, section 4.3).</content>
internal sealed partial class FunctionEmitter
{
    private void EmitJump(int slot, Instruction instruction)
    {
        if (instruction.Offset != 0)
        {
            _writer.Jump(_program.LabelOf(slot + 1 + instruction.Offset));
        }
    }

    private void EmitConditional(int slot, Instruction instruction, OpcodeRow row)
    {
        if (instruction.Offset != 0)
        {
            EmitComparison(slot, instruction, row);
            _writer.JumpIf(ConditionOf(row.Condition), _program.LabelOf(slot + 1 + instruction.Offset));
        }
    }

    /// <summary>Sets the flags for <see cref="ConditionOf"/>.</summary>
    private void EmitComparison(int slot, Instruction instruction, OpcodeRow row)
    {
        Width width = WidthOf(row.Is64Bit);
        bool isTest = row.Condition == JumpCondition.AnyBitSet;
        MachineRegister left = Use(instruction.Destination, RegisterMap.First);
        if (row.UsesSourceRegister || _program.BlindsConstants)
        {
            MachineRegister right = RegisterMap.Operand;
            if (row.UsesSourceRegister)
            {
                right = Use(instruction.Source);
            }
            else
            {
                Constant(right, instruction.Immediate);
            }

            _writer.Emit(isTest ? Rows.Test : Rows.Compare.IntoOperand, width, right, left);
            return;
        }

        var immediate = (int)instruction.Immediate;
        if (isTest)
        {
            _writer.Test(width, left, immediate);
            return;
        }

        // With nothing in the upper half, and none in the immediate's, 32 bits tell the same, but for signed order.
        bool isNarrow = immediate >= 0 && !IsSigned(row.Condition)
            && instruction.Destination != (int)Register.R10 && _registers.IsUpperZeroBefore(slot, instruction.Destination);
        _writer.Compare(isNarrow ? Width.Double : width, left, immediate);
    }

    private static bool IsSigned(JumpCondition condition) => condition is JumpCondition.SignedGreaterThan or JumpCondition.SignedGreaterOrEqual
        or JumpCondition.SignedLessThan or JumpCondition.SignedLessOrEqual;

    private static Condition ConditionOf(JumpCondition condition) => condition switch
    {
        JumpCondition.Equal => Condition.Equal,
        JumpCondition.NotEqual or JumpCondition.AnyBitSet => Condition.NotEqual,
        JumpCondition.GreaterThan => Condition.Above,
        JumpCondition.GreaterOrEqual => Condition.AboveOrEqual,
        JumpCondition.LessThan => Condition.Below,
        JumpCondition.LessOrEqual => Condition.BelowOrEqual,
        JumpCondition.SignedGreaterThan => Condition.Greater,
        JumpCondition.SignedGreaterOrEqual => Condition.GreaterOrEqual,
        JumpCondition.SignedLessThan => Condition.Less,
        JumpCondition.SignedLessOrEqual => Condition.LessOrEqual,
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "The jump has no condition."),
    };

    private static Condition Opposite(Condition condition) => condition ^ Condition.NoOverflow;
}
