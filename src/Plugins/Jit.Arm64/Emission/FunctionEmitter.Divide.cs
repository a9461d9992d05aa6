using System.Numerics;
using Skep.Isa;
using Skep.Jit.Analysis;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>
/// Divisions. The processor's own meaning is the program's: a quotient by 0 is 0, so that the remainder is the dividend, and the least number by -1 is itself.
/// </content>
internal sealed partial class FunctionEmitter
{
    private void EmitDivide(OpcodeRow row, int d, int s)
    {
        bool isSigned = row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo;
        bool is64 = row.Is64Bit && (isSigned || !_registers.IsUpperZeroBefore(_slot, d) || !_registers.IsUpperZeroBefore(_slot, s));
        Prepare(d, is64);
        Prepare(s, is64);
        MachineRegister n = Operand(d, RegisterMap.First);
        MachineRegister m = Operand(s, RegisterMap.Second);
        Divide(row.Alu, is64, Claim(d), n, m);
    }

    private void Divide(AluOperator alu, bool is64, MachineRegister d, MachineRegister n, MachineRegister m)
    {
        bool isModulo = alu is AluOperator.Modulo or AluOperator.SignedModulo;
        TwoSourceRow row = alu is AluOperator.SignedDivide or AluOperator.SignedModulo ? TwoSourceRow.Sdiv : TwoSourceRow.Udiv;
        _writer.Append(Encoder.Of(row, is64, isModulo ? RegisterMap.Third : d, n, m));
        if (isModulo)
        {
            _writer.Append(Encoder.Of(ThreeSourceRow.Msub, is64, d, RegisterMap.Third, m, n));
        }
    }

    private void EmitDivideImmediate(OpcodeRow row, int d, ulong divisor)
    {
        bool isSigned = row.Alu is AluOperator.SignedDivide or AluOperator.SignedModulo;
        bool isModulo = row.Alu is AluOperator.Modulo or AluOperator.SignedModulo;
        bool is64 = row.Is64Bit && (isSigned || divisor > uint.MaxValue || !_registers.IsUpperZeroBefore(_slot, d));
        if (divisor == 0 && isModulo)
        {
            EmitMove(is64, d, d);
        }
        else if (divisor == 0)
        {
            _writer.Constant(Claim(d), 0);
        }
        else if (!isSigned && BitOperations.IsPow2(divisor))
        {
            EmitDivideByPower(is64, d, isModulo, divisor);
        }
        else
        {
            Prepare(d, is64);
            MachineRegister n = Operand(d, RegisterMap.First);
            MachineRegister home = Claim(d);
            if (isSigned || _program.BlindsConstants)
            {
                LoadConstant(RegisterMap.Second, divisor);
                Divide(row.Alu, is64, home, n, RegisterMap.Second);
            }
            else if (is64)
            {
                DivideByProduct64(isModulo, home, n, divisor);
            }
            else
            {
                DivideByProduct32(isModulo, home, n, (uint)divisor);
            }
        }
    }

    private void EmitDivideByPower(bool is64, int d, bool isModulo, ulong divisor)
    {
        int shift = BitOperations.TrailingZeroCount(divisor);
        if (!isModulo && shift == 0)
        {
            EmitMove(is64, d, d);
        }
        else if (!isModulo)
        {
            EmitShiftRight(is64, d, Shift.Right, shift);
        }
        else if (shift == 0)
        {
            _writer.Constant(Claim(d), 0);
        }
        else if (!TryMaskLow(is64, d, divisor - 1))
        {
            Prepare(d, is64);
            MachineRegister n = Operand(d, RegisterMap.First);
            _writer.Append(Encoder.Of(BitfieldRow.Ubfm, is64, Claim(d), n, 0, shift - 1));
        }
    }

    private void DivideByProduct32(bool isModulo, MachineRegister d, MachineRegister n, uint divisor)
    {
        UnsignedDivision division = UnsignedDivision.By32(divisor);
        MachineRegister quotient = RegisterMap.Second;
        MachineRegister target = isModulo ? quotient : d;
        _writer.Constant(RegisterMap.First, division.Multiplier);
        _writer.Append(Encoder.Of(ThreeSourceRow.Umaddl, true, quotient, n, RegisterMap.First, Zero));
        if (!division.Adds)
        {
            ShiftBits(true, target, quotient, Shift.Right, 32 + division.Shift);
        }
        else
        {
            ShiftBits(true, quotient, quotient, Shift.Right, 32);
            AddHalf(false, target, quotient, n, division.Shift);
        }

        Remainder(isModulo, false, d, n, divisor);
    }

    private void DivideByProduct64(bool isModulo, MachineRegister d, MachineRegister n, ulong divisor)
    {
        UnsignedDivision division = UnsignedDivision.By64(divisor);
        MachineRegister quotient = RegisterMap.Second;
        MachineRegister target = isModulo ? quotient : d;
        _writer.Constant(RegisterMap.First, division.Multiplier);
        _writer.Append(Encoder.Of(HighProductRow.Umulh, quotient, n, RegisterMap.First));
        if (division.Adds)
        {
            AddHalf(true, target, quotient, n, division.Shift);
        }
        else
        {
            ShiftBits(true, target, quotient, Shift.Right, division.Shift);
        }

        Remainder(isModulo, true, d, n, divisor);
    }

    /// <summary>For multipliers with one bit more than a register.</summary>
    private void AddHalf(bool is64, MachineRegister target, MachineRegister high, MachineRegister n, int shift)
    {
        _writer.Append(Encoder.Of(ShiftedRow.Sub, is64, RegisterMap.Third, n, high));
        _writer.Append(Encoder.Of(ShiftedRow.Add, is64, high, high, RegisterMap.Third, Shift.Right, 1));
        ShiftBits(is64, target, high, Shift.Right, shift - 1);
    }

    private void Remainder(bool isModulo, bool is64, MachineRegister d, MachineRegister n, ulong divisor)
    {
        if (isModulo)
        {
            _writer.Constant(RegisterMap.First, divisor);
            _writer.Append(Encoder.Of(ThreeSourceRow.Msub, is64, d, RegisterMap.Second, RegisterMap.First, n));
        }
    }
}
