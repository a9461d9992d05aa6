using System.Numerics;
using Skep.Isa;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>Jumps, and moves that jumps skip.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitJump(Instruction instruction)
    {
        MaterialiseAll();
        int target = _slot + 1 + instruction.Offset;
        if (target != _slot + 1)
        {
            _writer.Jump(_program.LabelOf(target));
        }
    }

    private int EmitConditional(OpcodeRow row, Instruction instruction)
    {
        if (TrySelect(row, instruction))
        {
            return 2;
        }

        int d = instruction.Destination;
        bool hasRegister = row.Shape == InstructionShape.JumpRegister;
        PrepareAcross(d, row.Is64Bit);
        if (hasRegister)
        {
            PrepareAcross(instruction.Source, row.Is64Bit, row.Condition);
        }

        MachineRegister n = Operand(d, RegisterMap.First);
        Comparison comparison = hasRegister ? Against(row, instruction.Source) : default;
        _hasReadOperands = true;
        MaterialiseAll();
        uint branch = hasRegister
            ? Encoder.Of(BranchRow.BCondition, Compare(row, n, comparison))
            : BranchOn(row, n, instruction.Immediate);
        _program.Code.Branch(branch, _program.LabelOf(_slot + 1 + instruction.Offset));
        return 1;
    }

    /// <summary>Prepares an operand so that putting all others into their places does not change it.</summary>
    private void PrepareAcross(int register, bool is64, JumpCondition foldsIn = JumpCondition.None)
    {
        Deferred value = _deferred[register];
        bool isUsable = IsPlain(register, is64) || (foldsIn != JumpCondition.None && IsFoldable(register, AluOf(foldsIn), is64) && !value.HasSecond);
        bool isStable = !value.HasSource || (value.Source == register ? !_registers.IsLiveAfter(_slot, register) : _deferred[value.Source].Kind == DeferredKind.None);
        if (!isUsable || !isStable)
        {
            Materialise(register);
        }
    }

    private static AluOperator AluOf(JumpCondition condition) => condition == JumpCondition.AnyBitSet ? AluOperator.And : AluOperator.Subtract;

    private Comparison Against(OpcodeRow row, int register)
    {
        Deferred value = _deferred[register];
        return IsPlain(register, row.Is64Bit)
            ? new Comparison(Operand(register, RegisterMap.Second), default)
            : new Comparison(Place(value.Source), value);
    }

    private Condition Compare(OpcodeRow row, MachineRegister n, Comparison other)
    {
        bool tests = row.Condition == JumpCondition.AnyBitSet;
        if (other.Folded.Kind == DeferredKind.Extended)
        {
            _writer.Append(Encoder.Of(ExtendedRow.Subs, row.Is64Bit, Zero, n, other.Register, other.Folded.Extension));
        }
        else
        {
            ShiftedRow compare = !tests ? ShiftedRow.Subs : other.Folded.Kind == DeferredKind.Inverted ? ShiftedRow.Bics : ShiftedRow.Ands;
            _writer.Append(Encoder.Of(compare, row.Is64Bit, Zero, n, other.Register, other.Folded.Shift, other.Folded.Amount));
        }

        return ConditionOf(row.Condition);
    }

    private static Condition ConditionOf(JumpCondition condition) => condition switch
    {
        JumpCondition.Equal => Condition.Equal,
        JumpCondition.NotEqual or JumpCondition.AnyBitSet => Condition.NotEqual,
        JumpCondition.GreaterThan => Condition.Higher,
        JumpCondition.GreaterOrEqual => Condition.HigherOrSame,
        JumpCondition.LessThan => Condition.Lower,
        JumpCondition.LessOrEqual => Condition.LowerOrSame,
        JumpCondition.SignedGreaterThan => Condition.Greater,
        JumpCondition.SignedGreaterOrEqual => Condition.GreaterOrEqual,
        JumpCondition.SignedLessThan => Condition.Less,
        _ => Condition.LessOrEqual,
    };

    /// <summary>Compares with a constant and gives the branch; comparisons with zero, signs and single bits are branches of their own.</summary>
    private uint BranchOn(OpcodeRow row, MachineRegister n, long immediate)
    {
        bool is64 = row.Is64Bit;
        int sign = is64 ? 63 : 31;
        ulong mask = is64 ? (ulong)immediate : (uint)immediate;
        return (row.Condition, immediate) switch
        {
            (JumpCondition.Equal or JumpCondition.LessOrEqual, 0) or (JumpCondition.LessThan, 1) => Encoder.Of(BranchRow.Cbz, is64, n),
            (JumpCondition.NotEqual or JumpCondition.GreaterThan, 0) or (JumpCondition.GreaterOrEqual, 1) => Encoder.Of(BranchRow.Cbnz, is64, n),
            (JumpCondition.SignedLessThan, 0) or (JumpCondition.SignedLessOrEqual, -1) => Encoder.Of(BranchRow.Tbnz, n, sign),
            (JumpCondition.SignedGreaterOrEqual, 0) or (JumpCondition.SignedGreaterThan, -1) => Encoder.Of(BranchRow.Tbz, n, sign),
            (JumpCondition.AnyBitSet, -1) => Encoder.Of(BranchRow.Cbnz, is64, n),
            (JumpCondition.AnyBitSet, _) when BitOperations.IsPow2(mask) => Encoder.Of(BranchRow.Tbnz, n, BitOperations.TrailingZeroCount(mask)),
            _ => Encoder.Of(BranchRow.BCondition, CompareImmediate(row, n, immediate)),
        };
    }

    private Condition CompareImmediate(OpcodeRow row, MachineRegister n, long immediate)
    {
        bool is64 = row.Is64Bit;
        ulong value = is64 ? (ulong)immediate : (uint)immediate;
        bool tests = row.Condition == JumpCondition.AnyBitSet;
        if (value == 0)
        {
            _writer.Append(Encoder.Of(tests ? ShiftedRow.Ands : ShiftedRow.Subs, is64, Zero, n, Zero));
        }
        else if (_program.BlindsConstants)
        {
            LoadConstant(RegisterMap.Second, value);
            _writer.Append(Encoder.Of(tests ? ShiftedRow.Ands : ShiftedRow.Subs, is64, Zero, n, RegisterMap.Second));
        }
        else if (tests && LogicalImmediate.TryEncode(value, is64, out LogicalImmediate mask))
        {
            _writer.Append(Encoder.Of(LogicalImmediateRow.Ands, is64, Zero, n, mask));
        }
        else if (!tests && MachineWriter.IsAddImmediate(immediate))
        {
            AddImmediateRow compare = immediate < 0 ? AddImmediateRow.Adds : AddImmediateRow.Subs;
            _writer.Append(Encoder.Of(compare, is64, Zero, n, (uint)Math.Abs(immediate)));
        }
        else
        {
            _writer.Constant(RegisterMap.Second, value);
            _writer.Append(Encoder.Of(tests ? ShiftedRow.Ands : ShiftedRow.Subs, is64, Zero, n, RegisterMap.Second));
        }

        return ConditionOf(row.Condition);
    }

    /// <summary>A jump that only skips a move becomes a choice between what the register has and what it would get.</summary>
    private bool TrySelect(OpcodeRow row, Instruction instruction)
    {
        if (instruction.Offset != 1 || !IsJoined(_slot + 1))
        {
            return false;
        }

        Instruction move = _instructions[_slot + 1];
        bool hasRegister = row.Shape == InstructionShape.JumpRegister;
        bool moves = move.Row.Alu == AluOperator.Move;
        bool movesRegister = moves && move.Row.Shape == InstructionShape.AluRegister;
        if (!moves || instruction.Destination == FramePointerNumber || (hasRegister && instruction.Source == FramePointerNumber) || (movesRegister && move.Source == FramePointerNumber))
        {
            return false;
        }

        int d = move.Destination;
        bool extends = movesRegister && !move.Row.Is64Bit && !_registers.IsUpperZeroBefore(_slot, move.Source);
        PrepareSelection(row, instruction, move, hasRegister, movesRegister, extends);
        MachineRegister current = Operand(d, RegisterMap.First);
        MachineRegister chosen = Zero;
        SelectRow select = SelectRow.Csel;
        if (movesRegister)
        {
            chosen = Operand(move.Source, RegisterMap.First);
            if (extends)
            {
                _writer.Move(false, RegisterMap.First, chosen);
                chosen = RegisterMap.First;
            }
        }
        else
        {
            ulong value = move.Row.Is64Bit ? (ulong)move.Immediate : (uint)move.Immediate;
            select = _program.BlindsConstants ? SelectRow.Csel : value switch { 1 => SelectRow.Csinc, ulong.MaxValue => SelectRow.Csinv, _ => SelectRow.Csel };
            if (select == SelectRow.Csel && value != 0)
            {
                LoadConstant(RegisterMap.First, value);
                chosen = RegisterMap.First;
            }
        }

        MachineRegister n = Operand(instruction.Destination, RegisterMap.Second);
        Condition condition = hasRegister
            ? Compare(row, n, new Comparison(Operand(instruction.Source, RegisterMap.Second), default))
            : CompareImmediate(row, n, instruction.Immediate);
        _slot++;
        _writer.Append(Encoder.Of(select, true, Claim(d), current, chosen, condition));
        return true;
    }

    private void PrepareSelection(OpcodeRow row, Instruction instruction, Instruction move, bool hasRegister, bool movesRegister, bool extends)
    {
        Prepare(instruction.Destination, row.Is64Bit);
        if (hasRegister)
        {
            Prepare(instruction.Source, row.Is64Bit);
        }

        Prepare(move.Destination, is64: true);
        if (movesRegister)
        {
            Prepare(move.Source, !extends);
        }
    }

    /// <summary>What a register is compared with.</summary>
    private readonly record struct Comparison(MachineRegister Register, Deferred Folded);
}
