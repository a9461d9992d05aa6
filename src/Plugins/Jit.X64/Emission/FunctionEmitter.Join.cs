using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>
/// Neighbours that one instruction of the processor does at once. A join takes slots of which only the first is a target, and drops a register's value only where the
/// analysis shows that nobody looks at it.
/// </content>
internal sealed partial class FunctionEmitter
{
    /// <returns>How many slots were joined and written; 0 when none were.</returns>
    private int Join(int slot)
    {
        if (!_program.Flow.IsStraight(slot + 1, 1) || slot + 1 >= _function.End)
        {
            return 0;
        }

        Instruction first = At(slot);
        OpcodeRow row = first.Row;
        switch (row.Shape)
        {
            case InstructionShape.AluRegister when row.Alu == AluOperator.Move:
                return JoinMove(slot, first, row);
            case InstructionShape.AluImmediate:
                return JoinImmediate(slot, first, row);
            case InstructionShape.AluUnary:
                return JoinSwapStore(slot, first, row);
            case InstructionShape.Load:
                return JoinLoad(slot, first, row);
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister:
                return JoinConditionalMove(slot, first, row) is > 0 and int moved ? moved : JoinJumps(slot, first, row);
            case InstructionShape.AluRegister:
                return JoinTest(slot, first, row) is > 0 and int tested ? tested : JoinSum(slot, first);
            default:
                return 0;
        }
    }

    /// <summary>Whether the slots from the second on can be joined to <paramref name="slot"/>.</summary>
    private bool IsStraight(int slot, int count) => slot + count <= _function.End && _program.Flow.IsStraight(slot + 1, count - 1);

    private bool IsDeadAfter(int slot, int register) => register != (int)Register.R10 && !_registers.IsLiveAfter(slot, register);

    /// <summary>A move, and what is done to its result at once.</summary>
    private int JoinMove(int slot, Instruction move, OpcodeRow moveRow)
    {
        if (move.Destination == move.Source)
        {
            return 0;
        }

        int rotation = JoinRotation(slot);
        if (rotation > 0)
        {
            return rotation;
        }

        Instruction next = At(slot + 1);
        OpcodeRow row = next.Row;
        if (next.Destination != move.Destination || row.Shape is not (InstructionShape.AluImmediate or InstructionShape.AluRegister)
            || (row.Is64Bit && !moveRow.Is64Bit && (move.Source == (int)Register.R10 || !_registers.IsUpperZeroBefore(slot, move.Source))))
        {
            return 0;
        }

        int joined = JoinExtension(slot, slot + 1, move.Source);
        joined = joined > 0 ? joined : JoinTestOfMove(slot, move, next, row);
        joined = joined > 0 ? joined : JoinShiftedIndex(slot, slot + 1, move.Source);
        if (joined == 0 && next.Operation == Operation.Add64Register)
        {
            joined = JoinAccess(slot, slot + 1, move.Source, next.Source == move.Destination ? move.Source : next.Source, 0);
        }

        if (joined > 0)
        {
            return joined;
        }

        return row.UsesSourceRegister ? JoinMoveRegister(move, next, row) : JoinMoveImmediate(move, next, row);
    }

    private int JoinMoveImmediate(Instruction move, Instruction next, OpcodeRow row)
    {
        MachineRegister destination = RegisterMap.Of(move.Destination);
        Width width = WidthOf(row.Is64Bit);
        var immediate = (int)next.Immediate;
        bool isFrame = move.Source == (int)Register.R10;
        switch (row.Alu)
        {
            case AluOperator.Add when immediate < int.MaxValue - _frame.Top || !isFrame:
                _writer.Address(width, destination, Memory(move.Source, immediate));
                return 2;
            case AluOperator.Subtract when immediate > int.MinValue && (!isFrame || -immediate < int.MaxValue - _frame.Top):
                _writer.Address(width, destination, Memory(move.Source, -immediate));
                return 2;
            case AluOperator.And when immediate is 0xff or 0xffff && !isFrame:
                _writer.Emit(immediate == 0xff ? Rows.LoadZero8 : Rows.LoadZero16, Width.Double, destination, RegisterMap.Of(move.Source));
                return 2;
            case AluOperator.Multiply when !isFrame && immediate is not (0 or -1) && !int.IsPow2(immediate):
                MachineRegister source = RegisterMap.Of(move.Source);
                if (immediate is 3 or 5 or 9)
                {
                    _writer.Address(width, destination, new MemoryOperand(source, 0, source, (byte)int.Log2(immediate)));
                }
                else
                {
                    _writer.Multiply(width, destination, source, immediate);
                }

                return 2;
            case AluOperator.ShiftLeft when !isFrame && (immediate & ((int)width * 8 - 1)) == 1:
                _writer.Address(width, destination, new MemoryOperand(RegisterMap.Of(move.Source), 0, RegisterMap.Of(move.Source)));
                return 2;
            default:
                return 0;
        }
    }

    private int JoinMoveRegister(Instruction move, Instruction next, OpcodeRow row)
    {
        if (move.Source == (int)Register.R10 || next.Source == (int)Register.R10)
        {
            return 0;
        }

        MachineRegister destination = RegisterMap.Of(move.Destination);
        MachineRegister value = RegisterMap.Of(move.Source);
        MachineRegister operand = next.Source == move.Destination ? value : RegisterMap.Of(next.Source);
        Width width = WidthOf(row.Is64Bit);
        switch (row.Alu)
        {
            case AluOperator.Add:
                _writer.Address(width, destination, new MemoryOperand(value, 0, operand));
                return 2;
            case AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic when _program.Features.HasBmi2:
                ShiftByRegister(RowsOf(row.Alu), width, destination, value, operand);
                return 2;
            default:
                return 0;
        }
    }

    private int JoinImmediate(int slot, Instruction first, OpcodeRow row)
    {
        int joined = JoinExtension(slot, slot, first.Destination);
        if (joined == 0)
        {
            joined = JoinTest(slot, first, row);
        }

        joined = joined > 0 ? joined : JoinShiftedIndex(slot, slot, first.Destination);
        return joined > 0 ? joined : JoinStoreOfConstant(slot, first, row);
    }

    private int JoinSum(int slot, Instruction sum)
        => sum.Operation == Operation.Add64Register ? JoinAccess(slot, slot, sum.Destination, sum.Source, 0) : 0;

    /// <summary>A shift left and a shift right: the extension of a smaller number, zero or sign, perhaps with a smaller shift left behind it.</summary>
    /// <param name="slot">The first of all slots that are joined.</param>
    /// <param name="left">The slot of the shift left.</param>
    /// <param name="source">The register that has the value.</param>
    private int JoinExtension(int slot, int left, int source)
    {
        Instruction shiftLeft = At(left);
        OpcodeRow leftRow = shiftLeft.Row;
        if (leftRow is not { Alu: AluOperator.ShiftLeft, UsesSourceRegister: false } || source == (int)Register.R10 || !IsStraight(slot, left + 2 - slot))
        {
            return 0;
        }

        Instruction shiftRight = At(left + 1);
        OpcodeRow rightRow = shiftRight.Row;
        if (rightRow.Alu is not (AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic) || rightRow.UsesSourceRegister
            || rightRow.Is64Bit != leftRow.Is64Bit || shiftRight.Destination != shiftLeft.Destination)
        {
            return 0;
        }

        Width width = WidthOf(leftRow.Is64Bit);
        int bits = 8 * (int)width;
        int up = (int)shiftLeft.Immediate & (bits - 1);
        int down = (int)shiftRight.Immediate & (bits - 1);
        bool isSigned = rightRow.Alu == AluOperator.ShiftRightArithmetic;
        if (down > up || bits - up is not (8 or 16 or 32) || up == 0)
        {
            return 0;
        }

        MachineRegister destination = RegisterMap.Of(shiftLeft.Destination);
        Extend(bits - up, width, destination, RegisterMap.Of(source), isSigned);
        ShiftBy(Rows.ShiftLeft, width, destination, up - down);
        return left + 2 - slot;
    }

    private void Extend(int bits, Width width, MachineRegister destination, MachineRegister source, bool isSigned)
    {
        if (isSigned)
        {
            SignExtend(bits, width, destination, source);
            return;
        }

        EncodingRow row = bits switch { 8 => Rows.LoadZero8, 16 => Rows.LoadZero16, _ => Rows.Load };
        _writer.Emit(row, Width.Double, destination, source);
    }

    /// <summary>A constant that is only stored.</summary>
    private int JoinStoreOfConstant(int slot, Instruction first, OpcodeRow row)
    {
        Instruction store = At(slot + 1);
        OpcodeRow storeRow = store.Row;
        if (row.Alu != AluOperator.Move || storeRow.Shape != InstructionShape.StoreRegister || store.Source != first.Destination
            || store.Destination == first.Destination || !IsDeadAfter(slot + 1, first.Destination)
            || (!row.Is64Bit && storeRow.OperandBits == 64 && first.Immediate < 0))
        {
            return 0;
        }

        _writer.Encoder.Emit(Rows.MoveImmediate, WidthOf(storeRow), default, Memory(store.Destination, store.Offset), (int)first.Immediate);
        return 2;
    }

    /// <summary>Bytes that are swapped to be stored.</summary>
    private int JoinSwapStore(int slot, Instruction swap, OpcodeRow row)
    {
        Instruction store = At(slot + 1);
        OpcodeRow storeRow = store.Row;
        if (!_program.Features.HasMovbe || row.Alu is not (AluOperator.BigEndian or AluOperator.SwapBytes) || storeRow.Shape != InstructionShape.StoreRegister
            || storeRow.OperandBits != row.OperandBits || store.Source != swap.Destination || store.Destination == swap.Destination
            || !IsDeadAfter(slot + 1, swap.Destination))
        {
            return 0;
        }

        _writer.Emit(Rows.StoreSwapped, WidthOf(storeRow), RegisterMap.Of(swap.Destination), Memory(store.Destination, store.Offset));
        return 2;
    }
}
