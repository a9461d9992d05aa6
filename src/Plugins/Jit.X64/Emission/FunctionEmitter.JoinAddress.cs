using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Joins of arithmetic that makes an address, with the access that uses it: a base, an index that may be shifted by up to 3, and a displacement.</content>
internal sealed partial class FunctionEmitter
{
    private const int MostAddressShift = 3;

    /// <summary>A copy and a shift, or a shift alone, of an index; perhaps the address of a map's values; the sum; perhaps an access.</summary>
    /// <param name="slot">The first of all slots that are joined.</param>
    /// <param name="shift">The slot of the shift.</param>
    /// <param name="index">The register that has the index before.</param>
    private int JoinShiftedIndex(int slot, int shift, int index)
    {
        Instruction shiftLeft = At(shift);
        int count = (int)shiftLeft.Immediate & 63;
        if (shiftLeft.Operation != Operation.ShiftLeft64Immediate || count is 0 or > MostAddressShift || index == (int)Register.R10 || !IsStraight(slot, shift + 2 - slot))
        {
            return 0;
        }

        int add = shift + 1;
        Instruction constant = At(add);
        bool hasConstant = constant.Operation == Operation.LoadImmediate64 && constant.Destination != shiftLeft.Destination && constant.Destination != index;
        add += hasConstant ? 2 : 0;
        if (!IsStraight(slot, add + 1 - slot))
        {
            return 0;
        }

        Instruction sum = At(add);
        if (sum.Operation != Operation.Add64Register || sum.Source != shiftLeft.Destination || sum.Destination == shiftLeft.Destination
            || (hasConstant && sum.Destination != constant.Destination) || !IsDeadAfter(add, shiftLeft.Destination))
        {
            return 0;
        }

        if (hasConstant)
        {
            Constant(RegisterMap.Of(constant.Destination), constant.Immediate);
        }

        int accessed = JoinAccess(slot, add, sum.Destination, index, (byte)count);
        if (accessed > 0)
        {
            return accessed;
        }

        MachineRegister destination = RegisterMap.Of(sum.Destination);
        _writer.Address(Width.Quad, destination, new MemoryOperand(destination, 0, RegisterMap.Of(index), (byte)count));
        return add + 1 - slot;
    }

    /// <summary>A sum that is only the address of the access behind it.</summary>
    /// <param name="slot">The first of all slots that are joined.</param>
    /// <param name="add">The slot of the sum.</param>
    /// <param name="origin">The register that has the base.</param>
    private int JoinAccess(int slot, int add, int origin, int index, byte shift)
    {
        int access = add + 1;
        if (!IsStraight(slot, access + 1 - slot))
        {
            return 0;
        }

        if (index == (int)Register.R10)
        {
            if (shift != 0)
            {
                return 0;
            }

            (origin, index) = (index, origin);
        }

        int pointer = At(add).Destination;
        Instruction instruction = At(access);
        OpcodeRow row = instruction.Row;
        bool isLoad = row.Shape == InstructionShape.Load && instruction.Source == pointer && (instruction.Destination == pointer || IsDeadAfter(access, pointer));
        bool isStore = row.Shape is InstructionShape.StoreRegister or InstructionShape.StoreImmediate && instruction.Destination == pointer
            && (row.Shape == InstructionShape.StoreImmediate || instruction.Source != pointer) && IsDeadAfter(access, pointer);
        if (index == (int)Register.R10 || (!isLoad && !isStore))
        {
            return 0;
        }

        MemoryOperand memory = Memory(origin, instruction.Offset) with { Index = RegisterMap.Of(index), Shift = shift };
        if (isLoad)
        {
            return LoadIndexed(slot, access, instruction, row, memory);
        }

        if (row.Shape == InstructionShape.StoreRegister)
        {
            _writer.Emit(Rows.Store, WidthOf(row), Use(instruction.Source), memory);
        }
        else
        {
            _writer.Encoder.Emit(Rows.MoveImmediate, WidthOf(row), default, memory, (int)instruction.Immediate);
        }

        return access + 1 - slot;
    }

    private int LoadIndexed(int slot, int access, Instruction load, OpcodeRow row, in MemoryOperand memory)
    {
        MachineRegister destination = RegisterMap.Of(load.Destination);
        if (IsStraight(slot, access + 2 - slot) && SwapsLoaded(load, row, At(access + 1)))
        {
            LoadSwapped(destination, row.OperandBits, memory);
            return access + 2 - slot;
        }

        LoadInto(destination, row, memory);
        return access + 1 - slot;
    }

    private static bool SwapsLoaded(Instruction load, OpcodeRow row, Instruction swap)
    {
        OpcodeRow swapRow = swap.Row;
        return !row.SignExtends && swapRow.Alu is (AluOperator.BigEndian or AluOperator.SwapBytes) && swapRow.OperandBits == row.OperandBits
            && swap.Destination == load.Destination;
    }
}
