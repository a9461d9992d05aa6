using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Joins with conditional jumps.</content>
internal sealed partial class FunctionEmitter
{
    /// <summary>Slots before a comparison in which a load still counts.</summary>
    private const int LoadDistance = 4;

    /// <summary>A result that is compared with 0: arithmetic sets the flags, and of an "and" that nobody else looks at only the flags are made.</summary>
    private int JoinTest(int slot, Instruction first, OpcodeRow row)
    {
        if (!TestsForZero(slot, slot + 1, first.Destination, row.Is64Bit, out Condition condition))
        {
            return 0;
        }

        MachineRegister destination = RegisterMap.Of(first.Destination);
        Width width = WidthOf(row.Is64Bit);
        if (row.Alu == AluOperator.And && IsDeadAfter(slot + 1, first.Destination))
        {
            TestBits(width, destination, first, row);
        }
        else if (!SetsFlags(first, row))
        {
            return 0;
        }
        else
        {
            EmitOne(slot);
        }

        return 1 + JumpIf(slot, slot + 1, condition);
    }

    /// <summary>As <see cref="JoinTest"/> for a copy: the copy need not be made.</summary>
    private int JoinTestOfMove(int slot, Instruction move, Instruction next, OpcodeRow row)
    {
        if (row.Alu != AluOperator.And || move.Source == (int)Register.R10 || next.Source == move.Destination
            || !TestsForZero(slot, slot + 2, move.Destination, row.Is64Bit, out Condition condition)
            || !IsDeadAfter(slot + 2, move.Destination))
        {
            return 0;
        }

        TestBits(WidthOf(row.Is64Bit), RegisterMap.Of(move.Source), next, row);
        return 2 + JumpIf(slot, slot + 2, condition);
    }

    private void TestBits(Width width, MachineRegister register, Instruction and, OpcodeRow row)
    {
        if (row.UsesSourceRegister)
        {
            _writer.Emit(Rows.Test, width, Use(and.Source), register);
        }
        else
        {
            _writer.Test(width, register, (int)and.Immediate);
        }
    }

    /// <summary>The slot at <paramref name="test"/> jumps if a register, as wide as it was written, is or is not 0.</summary>
    private bool TestsForZero(int slot, int test, int register, bool is64Bit, out Condition condition)
    {
        condition = default;
        if (!IsStraight(slot, test + 1 - slot))
        {
            return false;
        }

        Instruction jump = At(test);
        OpcodeRow row = jump.Row;
        bool isTest = row.Condition is JumpCondition.Equal or JumpCondition.NotEqual or JumpCondition.GreaterThan or JumpCondition.LessOrEqual
            && row.Shape == InstructionShape.JumpImmediate && jump.Immediate == 0 && jump.Destination == register && jump.Offset != 0;

        // A result of 32 bits is 0 as a whole when it is 0; of 64 bits the lower half does not tell.
        if (!isTest || (is64Bit && !row.Is64Bit) || JoinsConditionalMove(test, jump))
        {
            return false;
        }

        condition = row.Condition is JumpCondition.Equal or JumpCondition.LessOrEqual ? Condition.Equal : Condition.NotEqual;
        return true;
    }

    /// <summary>Whether the code of an operation leaves the zero flag as its result says.</summary>
    private static bool SetsFlags(Instruction instruction, OpcodeRow row)
    {
        if (row.UsesSourceRegister)
        {
            return row.Alu is AluOperator.Add or AluOperator.Subtract or AluOperator.And or AluOperator.Or or AluOperator.ExclusiveOr;
        }

        return row.Alu switch
        {
            AluOperator.Add or AluOperator.Subtract or AluOperator.Or => instruction.Immediate != 0,
            AluOperator.ExclusiveOr => instruction.Immediate is not (0 or -1),
            AluOperator.And => instruction.Immediate is not (-1 or 0xff or 0xffff),
            AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic => (instruction.Immediate & (row.Is64Bit ? 63 : 31)) != 0,
            _ => false,
        };
    }

    /// <summary>Jumps as the slot at <paramref name="jump"/> does. A jump over a jump is one with the opposite condition.</summary>
    /// <param name="slot">The first of all slots that are joined.</param>
    /// <returns>How many slots the jump took.</returns>
    private int JumpIf(int slot, int jump, Condition condition)
    {
        Instruction over = At(jump);
        if (over.Offset == 1 && IsStraight(slot, jump + 2 - slot) && At(jump + 1) is { Offset: not 0, Row.Shape: InstructionShape.Jump } next)
        {
            _writer.JumpIf(Opposite(condition), _program.LabelOf(jump + 2 + next.Offset));
            return 2;
        }

        _writer.JumpIf(condition, _program.LabelOf(jump + 1 + over.Offset));
        return 1;
    }

    /// <summary>A jump over a jump.</summary>
    private int JoinJumps(int slot, Instruction jump, OpcodeRow row)
    {
        if (jump.Offset != 1 || At(slot + 1).Row.Shape != InstructionShape.Jump)
        {
            return 0;
        }

        EmitComparison(slot, jump, row);
        return JumpIf(slot, slot, ConditionOf(row.Condition));
    }

    /// <summary>A jump over one move: the move is made conditional. A move of 32 bits would clear the upper half in any case.</summary>
    private int JoinConditionalMove(int slot, Instruction jump, OpcodeRow row)
    {
        if (!JoinsConditionalMove(slot, jump))
        {
            return 0;
        }

        Instruction move = At(slot + 1);
        OpcodeRow moveRow = move.Row;
        MachineRegister destination = RegisterMap.Of(move.Destination);
        MachineRegister source = MachineRegister.Rdi;
        if (!moveRow.UsesSourceRegister)
        {
            _writer.Constant(source, moveRow.Is64Bit ? (ulong)move.Immediate : (uint)move.Immediate);
        }
        else
        {
            source = Use(move.Source, RegisterMap.Second);
        }

        EmitComparison(slot, jump, row);
        _writer.Emit(Rows.MoveIf(Opposite(ConditionOf(row.Condition))), WidthOf(moveRow.Is64Bit), destination, source);
        return 2;
    }

    private bool JoinsConditionalMove(int slot, Instruction jump)
    {
        if (jump.Offset != 1 || !IsStraight(slot, 2) || slot + 2 >= _function.End)
        {
            return false;
        }

        Instruction move = At(slot + 1);
        OpcodeRow row = move.Row;
        return !ComparesLoaded(slot, jump) && row.Alu == AluOperator.Move && row.Shape is (InstructionShape.AluRegister or InstructionShape.AluImmediate)
            && (row.Is64Bit || _registers.IsUpperZeroBefore(slot, move.Destination) || !_registers.IsUpperLiveAfter(slot + 1, move.Destination));
    }

    /// <summary>
    /// What is compared was loaded just before. A conditional move would make all that follows wait for the load, where a jump that is foretold goes on: searches
    /// in tables were measured to take 1.6 times as long.
    /// </summary>
    private bool ComparesLoaded(int slot, Instruction jump)
    {
        RegisterSet compared = jump.Reads;
        for (int before = slot - 1; before >= Math.Max(slot - LoadDistance, _function.Start) && _program.Flow.IsStraight(before + 1, 1); before--)
        {
            Instruction instruction = At(before);
            if (instruction.Row.Shape == InstructionShape.Load && compared.Contains(instruction.Destination))
            {
                return true;
            }
        }

        return false;
    }
}
