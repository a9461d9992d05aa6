using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Rotations: a number shifted one way, a copy the other way by the rest of the width, and both put together.</content>
internal sealed partial class FunctionEmitter
{
    private const int MostRotationSlots = 5;

    /// <summary>What a register holds, in terms of registers before the join.</summary>
    private readonly record struct Shifted(byte Register, AluOperator Shift, int Count);

    private int JoinRotation(int slot)
    {
        Span<Shifted> values = stackalloc Shifted[Registers.Count];
        for (byte register = 0; register < values.Length; register++)
        {
            values[register] = new Shifted(register, AluOperator.None, 0);
        }

        bool? isWide = null;
        uint written = 0;
        for (int i = 0; i < MostRotationSlots && IsStraight(slot, i + 1); i++)
        {
            Instruction instruction = At(slot + i);
            OpcodeRow row = instruction.Row;
            if (row.Alu is AluOperator.Or or AluOperator.Add or AluOperator.ExclusiveOr && row.Shape == InstructionShape.AluRegister && isWide == row.Is64Bit)
            {
                return EmitRotation(slot, i + 1, instruction, row.Is64Bit, values, written);
            }

            if (!Follow(instruction, row, values, ref isWide))
            {
                return 0;
            }

            written |= 1U << instruction.Destination;
        }

        return 0;
    }

    /// <summary>Notes a move or a shift by a constant.</summary>
    /// <returns>False for anything else.</returns>
    private static bool Follow(Instruction instruction, OpcodeRow row, Span<Shifted> values, ref bool? isWide)
    {
        ref Shifted value = ref values[instruction.Destination];
        if (row is { Alu: AluOperator.Move, UsesSourceRegister: true })
        {
            value = values[instruction.Source];

            // A copy of the lower half is enough where 32 bits are rotated, and only there.
            if (row.Is64Bit)
            {
                return true;
            }

            bool fits = isWide != true;
            isWide = false;
            return fits;
        }

        if (row.Alu is not (AluOperator.ShiftLeft or AluOperator.ShiftRight) || row.UsesSourceRegister || value.Shift != AluOperator.None
            || (isWide ?? row.Is64Bit) != row.Is64Bit)
        {
            return false;
        }

        isWide = row.Is64Bit;
        value = value with { Shift = row.Alu, Count = (int)instruction.Immediate & (row.Is64Bit ? 63 : 31) };
        return true;
    }

    private int EmitRotation(int slot, int count, Instruction last, bool is64Bit, ReadOnlySpan<Shifted> values, uint written)
    {
        Shifted one = values[last.Destination];
        Shifted other = values[last.Source];
        int bits = is64Bit ? 64 : 32;
        if (one.Shift == AluOperator.None || other.Shift == AluOperator.None || one.Shift == other.Shift || one.Register != other.Register
            || one.Count + other.Count != bits || one.Register == (int)Register.R10)
        {
            return 0;
        }

        for (int register = 0; register < Registers.Count; register++)
        {
            if ((written >> register & 1) != 0 && register != last.Destination && !IsDeadAfter(slot + count - 1, register))
            {
                return 0;
            }
        }

        int right = one.Shift == AluOperator.ShiftRight ? one.Count : other.Count;
        RotateRight(WidthOf(is64Bit), RegisterMap.Of(last.Destination), RegisterMap.Of(one.Register), right);
        return count;
    }

    private void RotateRight(Width width, MachineRegister destination, MachineRegister source, int count)
    {
        if (_program.Features.HasBmi2 && destination != source)
        {
            _writer.Encoder.Emit(Rows.RotateRightInto, width, destination, source, count);
            return;
        }

        _writer.Move(destination, source);
        _writer.Shift(Rows.RotateRight, width, destination, count);
    }
}
