using System.Numerics;
using Skep.Isa;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Arithmetic but for division (RFC 9669, sections 4.1 and 4.2).</content>
internal sealed partial class FunctionEmitter
{
    private void EmitAluImmediate(int slot, Instruction instruction, OpcodeRow row)
    {
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        Width width = WidthOf(row.Is64Bit);
        if (row.Alu == AluOperator.Move)
        {
            Constant(destination, row.Is64Bit ? instruction.Immediate : (uint)instruction.Immediate);
            return;
        }

        int immediate = (int)instruction.Immediate;
        bool isShift = row.Alu is AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic;
        if (_program.BlindsConstants && !isShift)
        {
            // A count has six bits, which is nothing to build code from.
            Constant(RegisterMap.Operand, immediate);
            AluRegister(slot, row, destination, RegisterMap.Operand);
            return;
        }

        switch (row.Alu)
        {
            case AluOperator.Add: AddImmediate(slot, instruction.Destination, width, immediate); break;
            case AluOperator.Subtract when immediate != int.MinValue: AddImmediate(slot, instruction.Destination, width, -immediate); break;
            case AluOperator.Subtract: _writer.Arithmetic(Rows.Subtract, width, destination, immediate); break;
            case AluOperator.Multiply: MultiplyImmediate(slot, instruction.Destination, width, immediate); break;
            case AluOperator.And: AndImmediate(slot, instruction.Destination, width, immediate); break;
            case AluOperator.Or when immediate == 0: ZeroExtend(slot, instruction.Destination, width); break;
            case AluOperator.Or: _writer.Arithmetic(Rows.Or, width, destination, immediate); break;
            case AluOperator.ExclusiveOr when immediate == 0: ZeroExtend(slot, instruction.Destination, width); break;
            case AluOperator.ExclusiveOr when immediate == -1: _writer.Unary(Rows.Not, width, destination); break;
            case AluOperator.ExclusiveOr: _writer.Arithmetic(Rows.ExclusiveOr, width, destination, immediate); break;
            case AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic:
                ShiftImmediate(slot, row.Alu, instruction.Destination, width, immediate);
                break;
            default: DivideImmediate(slot, instruction, row); break;
        }
    }

    private void EmitAluRegister(int slot, Instruction instruction, OpcodeRow row)
    {
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        if (row.Alu == AluOperator.Move)
        {
            MoveRegister(slot, instruction, row);
            return;
        }

        AluRegister(slot, row, destination, Use(instruction.Source));
    }

    private void MoveRegister(int slot, Instruction instruction, OpcodeRow row)
    {
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        if (instruction.Source == (int)Register.R10)
        {
            _writer.Address(WidthOf(row.Is64Bit), destination, new MemoryOperand(MachineRegister.Rsp, _frame.Top));
        }
        else if (row.Is64Bit)
        {
            _writer.Move(destination, RegisterMap.Of(instruction.Source));
        }
        else if (instruction.Destination == instruction.Source)
        {
            ZeroExtend(slot, instruction.Destination, Width.Double);
        }
        else
        {
            _writer.Move32(destination, RegisterMap.Of(instruction.Source));
        }
    }

    /// <summary>destination = destination operator source, both in any machine registers but the scratch ones of one expansion.</summary>
    private void AluRegister(int slot, OpcodeRow row, MachineRegister destination, MachineRegister source)
    {
        Width width = WidthOf(row.Is64Bit);
        switch (row.Alu)
        {
            case AluOperator.Add: _writer.Arithmetic(Rows.Add, width, destination, source); break;
            case AluOperator.Subtract: _writer.Arithmetic(Rows.Subtract, width, destination, source); break;
            case AluOperator.Multiply: _writer.Emit(Rows.Multiply, width, destination, source); break;
            case AluOperator.And: _writer.Arithmetic(Rows.And, width, destination, source); break;
            case AluOperator.Or: _writer.Arithmetic(Rows.Or, width, destination, source); break;
            case AluOperator.ExclusiveOr: _writer.Arithmetic(Rows.ExclusiveOr, width, destination, source); break;
            case AluOperator.ShiftLeft: ShiftByRegister(Rows.ShiftLeft, width, destination, destination, source); break;
            case AluOperator.ShiftRight: ShiftByRegister(Rows.ShiftRight, width, destination, destination, source); break;
            case AluOperator.ShiftRightArithmetic: ShiftByRegister(Rows.ShiftRightArithmetic, width, destination, destination, source); break;
            default: DivideByRegister(slot, row, destination, source); break;
        }
    }

    private void EmitAluUnary(int slot, Instruction instruction, OpcodeRow row)
    {
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        bool swaps = row.Alu is AluOperator.BigEndian or AluOperator.SwapBytes;
        switch (row.OperandBits)
        {
            case var _ when row.Alu == AluOperator.Negate:
                _writer.Unary(Rows.Negate, WidthOf(row.Is64Bit), destination);
                break;
            case 16:
                if (swaps)
                {
                    _writer.Shift(Rows.RotateLeft, Width.Word, destination, 8);
                }

                _writer.Emit(Rows.LoadZero16, Width.Double, destination, destination);
                break;
            case 32 when swaps:
                _writer.Encoder.SwapBytes(Width.Double, destination);
                break;
            case 64 when swaps:
                _writer.Encoder.SwapBytes(Width.Quad, destination);
                break;
            case 32:
                ZeroExtend(slot, instruction.Destination, Width.Double);
                break;
        }
    }

    private void EmitMoveSigned(Instruction instruction, OpcodeRow row)
        => SignExtend(row.OperandBits, WidthOf(row.Is64Bit), RegisterMap.Of(instruction.Destination), Use(instruction.Source));

    private void SignExtend(int bits, Width width, MachineRegister destination, MachineRegister source)
    {
        EncodingRow row = bits switch { 8 => Rows.LoadSigned8, 16 => Rows.LoadSigned16, _ => Rows.LoadSigned32 };
        _writer.Emit(row, width, destination, source);
    }

    private void EmitLoadWide(int slot, Instruction instruction)
    {
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        if (instruction.Operation == Operation.LoadFunction)
        {
            _writer.Constant(destination, Execution.Calls.FunctionAddress.Of(slot + 1 + instruction.LowImmediate));
        }
        else
        {
            Constant(destination, instruction.Immediate);
        }
    }

    /// <summary>What a 32-bit operation without effect leaves: the upper half becomes 0, where that is news and someone looks.</summary>
    private void ZeroExtend(int slot, int register, Width width)
    {
        if (width == Width.Double && !_registers.IsUpperZeroBefore(slot, register) && _registers.IsUpperLiveAfter(slot, register))
        {
            _writer.Move32(RegisterMap.Of(register), RegisterMap.Of(register));
        }
    }

    private void AddImmediate(int slot, int register, Width width, int immediate)
    {
        MachineRegister destination = RegisterMap.Of(register);
        switch (immediate)
        {
            case 0: ZeroExtend(slot, register, width); break;
            case 128: _writer.Arithmetic(Rows.Subtract, width, destination, -128); break;
            default: _writer.Arithmetic(Rows.Add, width, destination, immediate); break;
        }
    }

    private void AndImmediate(int slot, int register, Width width, int immediate)
    {
        MachineRegister destination = RegisterMap.Of(register);
        switch (immediate)
        {
            case 0: _writer.Clear(destination); break;
            case -1: ZeroExtend(slot, register, width); break;
            case 0xff: _writer.Emit(Rows.LoadZero8, Width.Double, destination, destination); break;
            case 0xffff: _writer.Emit(Rows.LoadZero16, Width.Double, destination, destination); break;
            default: _writer.Arithmetic(Rows.And, immediate >= 0 ? Width.Double : width, destination, immediate); break;
        }
    }

    private void MultiplyImmediate(int slot, int register, Width width, int immediate)
    {
        MachineRegister destination = RegisterMap.Of(register);
        if (immediate > 0 && BitOperations.IsPow2(immediate))
        {
            ShiftImmediate(slot, AluOperator.ShiftLeft, register, width, BitOperations.Log2((uint)immediate));
            return;
        }

        switch (immediate)
        {
            case 0: _writer.Clear(destination); break;
            case -1: _writer.Unary(Rows.Negate, width, destination); break;
            case 3 or 5 or 9:
                _writer.Address(width, destination, new MemoryOperand(destination, 0, destination, (byte)BitOperations.Log2((uint)immediate)));
                break;
            default: _writer.Multiply(width, destination, destination, immediate); break;
        }
    }

    private void ShiftImmediate(int slot, AluOperator shift, int register, Width width, int immediate)
    {
        int count = immediate & ((int)width * 8 - 1);
        if (count == 0)
        {
            ZeroExtend(slot, register, width);
            return;
        }

        _writer.Shift(RowsOf(shift), width, RegisterMap.Of(register), count);
    }

    private static ShiftRows RowsOf(AluOperator shift) => shift switch
    {
        AluOperator.ShiftLeft => Rows.ShiftLeft,
        AluOperator.ShiftRight => Rows.ShiftRight,
        _ => Rows.ShiftRightArithmetic,
    };

    /// <summary>destination = value shifted by the low bits of count. Without BMI2 the count must be in CL, which is R3's low byte.</summary>
    private void ShiftByRegister(ShiftRows rows, Width width, MachineRegister destination, MachineRegister value, MachineRegister count)
    {
        if (_program.Features.HasBmi2 && rows.Free is { } free)
        {
            _writer.Encoder.Emit(free, width, destination, value, second: count);
            return;
        }

        const MachineRegister counter = MachineRegister.Rcx;
        _writer.Move(destination, value);
        if (count == counter)
        {
            _writer.Unary(rows.ByCount, width, destination);
            return;
        }

        // R3 is kept aside; where it is what is shifted, it is shifted there.
        _writer.Move(RegisterMap.First, counter);
        _writer.Move32(counter, count);
        _writer.Unary(rows.ByCount, width, destination == counter ? RegisterMap.First : destination);
        _writer.Move(counter, RegisterMap.First);
    }
}
