using System.Numerics;
using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.X64.Encoding;

namespace Skep.Jit.X64.Emission;

/// <content>Division by constants: shifts for powers of two, else a multiplication (<see cref="UnsignedDivision"/>, <see cref="SignedDivision"/>).</content>
internal sealed partial class FunctionEmitter
{
    private void DivideImmediate(int slot, Instruction instruction, OpcodeRow row)
    {
        bool isSigned = row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo;
        bool isModulo = row.Alu is AluOperator.Modulo or AluOperator.SignedModulo;
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        bool isNarrow = row.Is64Bit && !isSigned && instruction.Immediate > 0 && IsUpperZero(slot, instruction.Destination);
        Width width = WidthOf(row.Is64Bit && !isNarrow);
        long divisor = isSigned ? instruction.Immediate : row.Is64Bit ? instruction.Immediate : (uint)instruction.Immediate;
        if (divisor == 0 || (divisor == -1 && isSigned))
        {
            DivideByZeroOrMinusOne(slot, instruction, row, divisor == 0);
        }
        else if (divisor == 1)
        {
            if (isModulo)
            {
                _writer.Clear(destination);
            }
            else
            {
                ZeroExtend(slot, instruction.Destination, WidthOf(row.Is64Bit));
            }
        }
        else if (isSigned)
        {
            DivideSigned(slot, width, destination, (int)divisor, isModulo);
        }
        else if (BitOperations.IsPow2((ulong)divisor))
        {
            DivideByPower(width, destination, BitOperations.Log2((ulong)divisor), isModulo);
        }
        else
        {
            DivideUnsigned(slot, width, destination, (ulong)divisor, isModulo);
        }
    }

    private void DivideByZeroOrMinusOne(int slot, Instruction instruction, OpcodeRow row, bool isZero)
    {
        MachineRegister destination = RegisterMap.Of(instruction.Destination);
        bool isModulo = row.Alu is AluOperator.Modulo or AluOperator.SignedModulo;
        if (isZero && isModulo)
        {
            ZeroExtend(slot, instruction.Destination, WidthOf(row.Is64Bit));
        }
        else if (isZero || isModulo)
        {
            _writer.Clear(destination);
        }
        else
        {
            _writer.Unary(Rows.Negate, WidthOf(row.Is64Bit), destination);
        }
    }

    private void DivideByPower(Width width, MachineRegister destination, int power, bool isModulo)
    {
        if (!isModulo)
        {
            _writer.Shift(Rows.ShiftRight, width, destination, power);
            return;
        }

        // Immediates of 64-bit division are sign-extended, so that no power goes beyond 2^31.
        uint mask = (1U << power) - 1;
        switch (mask)
        {
            case 0xff: _writer.Emit(Rows.LoadZero8, Width.Double, destination, destination); break;
            case 0xffff: _writer.Emit(Rows.LoadZero16, Width.Double, destination, destination); break;
            default: _writer.Arithmetic(Rows.And, Width.Double, destination, (int)mask); break;
        }
    }

    private void DivideUnsigned(int slot, Width width, MachineRegister destination, ulong divisor, bool isModulo)
    {
        const MachineRegister quotient = RegisterMap.First;
        UnsignedDivision by = width == Width.Quad ? UnsignedDivision.By64(divisor) : UnsignedDivision.By32((uint)divisor);
        int done = width == Width.Quad ? HighProduct64(slot, destination, by.Multiplier) : HighProduct32(destination, by);
        if (by.Adds)
        {
            _writer.Move(width, RegisterMap.Operand, destination);
            _writer.Arithmetic(Rows.Subtract, width, RegisterMap.Operand, quotient);
            _writer.Shift(Rows.ShiftRight, width, RegisterMap.Operand, 1);
            _writer.Arithmetic(Rows.Add, width, quotient, RegisterMap.Operand);
            ShiftBy(Rows.ShiftRight, width, quotient, by.Shift - 1);
        }
        else
        {
            ShiftBy(Rows.ShiftRight, width, quotient, by.Shift - done);
        }

        FinishDivision(width, destination, quotient, (int)divisor, isModulo);
    }

    /// <summary>First = the upper half of destination * multiplier, shifted where nothing is added.</summary>
    /// <returns>By how much it is shifted already.</returns>
    private int HighProduct32(MachineRegister destination, UnsignedDivision by)
    {
        _writer.Move32(RegisterMap.First, destination);
        _writer.Constant(RegisterMap.Operand, by.Multiplier);
        _writer.Emit(Rows.Multiply, Width.Quad, RegisterMap.First, RegisterMap.Operand);
        int shift = by.Adds ? 0 : by.Shift;
        _writer.Shift(Rows.ShiftRight, Width.Quad, RegisterMap.First, 32 + shift);
        return shift;
    }

    /// <summary>First = the upper half of destination * multiplier.</summary>
    private int HighProduct64(int slot, MachineRegister destination, ulong multiplier)
    {
        const MachineRegister low = MachineRegister.Rax;
        const MachineRegister high = MachineRegister.Rdx;
        bool keepsHigh = _registers.IsLiveAfter(slot, (int)Register.R2) || destination == high;
        if (_program.Features.HasBmi2)
        {
            bool moves = destination != high;
            Keep(moves && keepsHigh, RegisterMap.Operand, high);
            _writer.Move(high, destination);
            _writer.Constant(RegisterMap.First, multiplier);
            _writer.Encoder.Emit(Rows.MultiplyFree, Width.Quad, RegisterMap.First, RegisterMap.First, second: RegisterMap.Second);
            Keep(moves && keepsHigh, high, RegisterMap.Operand);
            return 0;
        }

        bool keepsLow = _registers.IsLiveAfter(slot, (int)Register.R0) || destination == low;
        Keep(keepsLow, RegisterMap.Second, low);
        Keep(keepsHigh, RegisterMap.Operand, high);
        _writer.Move(low, destination);
        _writer.Constant(RegisterMap.First, multiplier);
        _writer.Unary(Rows.MultiplyWide, Width.Quad, RegisterMap.First);
        _writer.Move(RegisterMap.First, high);
        Keep(keepsHigh, high, RegisterMap.Operand);
        Keep(keepsLow, low, RegisterMap.Second);
        return 0;
    }

    private void DivideSigned(int slot, Width width, MachineRegister destination, int divisor, bool isModulo)
    {
        const MachineRegister quotient = RegisterMap.First;
        uint magnitude = (uint)Math.Abs((long)divisor);
        if (BitOperations.IsPow2(magnitude))
        {
            DivideByPowerSigned(width, destination, divisor, BitOperations.Log2(magnitude), isModulo);
            return;
        }

        SignedDivision by = width == Width.Quad ? SignedDivision.By64(divisor) : SignedDivision.By32(divisor);
        if (width == Width.Quad)
        {
            HighProductSigned64(slot, destination, by.Multiplier);
        }
        else
        {
            SignExtend(32, Width.Quad, quotient, destination);
            _writer.Multiply(Width.Quad, quotient, quotient, (int)by.Multiplier);
            _writer.Shift(Rows.ShiftRightArithmetic, Width.Quad, quotient, 32);
        }

        if (divisor > 0 && by.Multiplier < 0)
        {
            _writer.Arithmetic(Rows.Add, width, quotient, destination);
        }
        else if (divisor < 0 && by.Multiplier > 0)
        {
            _writer.Arithmetic(Rows.Subtract, width, quotient, destination);
        }

        ShiftBy(Rows.ShiftRightArithmetic, width, quotient, by.Shift);
        _writer.Move(width, RegisterMap.Operand, quotient);
        _writer.Shift(Rows.ShiftRight, width, RegisterMap.Operand, 8 * (int)width - 1);
        _writer.Arithmetic(Rows.Add, width, quotient, RegisterMap.Operand);
        FinishDivision(width, destination, quotient, divisor, isModulo);
    }

    /// <summary>First = the upper half of the signed product; there is no free form of it.</summary>
    private void HighProductSigned64(int slot, MachineRegister destination, long multiplier)
    {
        const MachineRegister low = MachineRegister.Rax;
        const MachineRegister high = MachineRegister.Rdx;
        bool keepsHigh = _registers.IsLiveAfter(slot, (int)Register.R2) || destination == high;
        bool keepsLow = _registers.IsLiveAfter(slot, (int)Register.R0) || destination == low;
        Keep(keepsLow, RegisterMap.Second, low);
        Keep(keepsHigh, RegisterMap.Operand, high);
        _writer.Move(low, destination);
        _writer.Constant(RegisterMap.First, (ulong)multiplier);
        _writer.Unary(Rows.SignedMultiplyWide, Width.Quad, RegisterMap.First);
        _writer.Move(RegisterMap.First, high);
        Keep(keepsHigh, high, RegisterMap.Operand);
        Keep(keepsLow, low, RegisterMap.Second);
    }

    /// <summary>A negative dividend gets the divisor less 1 first, so that the shift rounds toward zero.</summary>
    private void DivideByPowerSigned(Width width, MachineRegister destination, int divisor, int power, bool isModulo)
    {
        int bits = 8 * (int)width;
        _writer.Move(width, RegisterMap.First, destination);
        if (power > 1)
        {
            _writer.Shift(Rows.ShiftRightArithmetic, width, RegisterMap.First, bits - 1);
        }

        _writer.Shift(Rows.ShiftRight, width, RegisterMap.First, bits - power);
        _writer.Arithmetic(Rows.Add, width, destination, RegisterMap.First);
        if (isModulo)
        {
            // Its low bits, less what was added.
            _writer.Arithmetic(Rows.And, width, destination, (int)((1L << power) - 1));
            _writer.Arithmetic(Rows.Subtract, width, destination, RegisterMap.First);
            return;
        }

        _writer.Shift(Rows.ShiftRightArithmetic, width, destination, power);
        if (divisor < 0)
        {
            _writer.Unary(Rows.Negate, width, destination);
        }
    }

    private void FinishDivision(Width width, MachineRegister destination, MachineRegister quotient, int divisor, bool isModulo)
    {
        if (!isModulo)
        {
            _writer.Move(destination, quotient);
            return;
        }

        _writer.Multiply(width, quotient, quotient, divisor);
        _writer.Arithmetic(Rows.Subtract, width, destination, quotient);
    }

    private void ShiftBy(ShiftRows rows, Width width, MachineRegister destination, int count)
    {
        if (count > 0)
        {
            _writer.Shift(rows, width, destination, count);
        }
    }
}
