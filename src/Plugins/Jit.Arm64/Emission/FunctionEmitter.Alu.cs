using System.Numerics;
using Skep.Isa;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>Arithmetic but for shifts and divisions.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitAluRegister(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        int s = instruction.Source;
        switch (row.Alu)
        {
            case AluOperator.Move:
                EmitMove(row.Is64Bit, d, s);
                break;
            case AluOperator.Multiply:
                EmitMultiply(row.Is64Bit, d, s);
                break;
            case AluOperator.Divide or AluOperator.SignedDivide or AluOperator.Modulo or AluOperator.SignedModulo:
                EmitDivide(row, d, s);
                break;
            case AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic:
                EmitShiftRegister(row, d, s);
                break;
            default:
                EmitBinary(row.Alu, row.Is64Bit, d, s);
                break;
        }
    }

    private void EmitAluImmediate(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        bool is64 = row.Is64Bit;
        ulong value = is64 ? (ulong)instruction.Immediate : (uint)instruction.Immediate;
        switch (row.Alu)
        {
            case AluOperator.Move:
                LoadConstant(Claim(d), value);
                break;
            case AluOperator.Add:
                EmitAddImmediate(is64, d, instruction.Immediate);
                break;
            case AluOperator.Subtract:
                EmitAddImmediate(is64, d, -instruction.Immediate);
                break;
            case AluOperator.Multiply:
                EmitMultiplyImmediate(is64, d, value);
                break;
            case AluOperator.Divide or AluOperator.SignedDivide or AluOperator.Modulo or AluOperator.SignedModulo:
                EmitDivideImmediate(row, d, value);
                break;
            case AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic:
                EmitShiftImmediate(row, d, (int)value & (is64 ? 63 : 31));
                break;
            default:
                EmitBitwiseImmediate(row.Alu, is64, d, value);
                break;
        }
    }

    private void EmitMove(bool is64, int d, int s)
    {
        if (s == FramePointerNumber)
        {
            if (is64)
            {
                Defer(d, Deferred.Frame(0));
                return;
            }

            MachineRegister address = Operand(s, RegisterMap.First);
            _writer.Move(false, Claim(d), address);
            return;
        }

        if (is64 && _deferred[s].Kind == DeferredKind.FrameAddress)
        {
            Defer(d, _deferred[s]);
            return;
        }

        // That an upper half is dead is no reason to leave it as it is: the analysis takes it for zero from here on.
        bool keepsUpper = is64 || _registers.IsUpperZeroBefore(_slot, s);
        if (d == s && keepsUpper)
        {
            return;
        }

        Prepare(s, keepsUpper);
        int root = Root(s);
        if (!keepsUpper)
        {
            Defer(d, Deferred.Extend(root, Extension.Word));
        }
        else if (root == d)
        {
            // What is in the register's place is what it gets.
            _hasReadOperands = true;
            Drop(d);
        }
        else
        {
            Defer(d, Deferred.CopyOf(root));
        }
    }

    private void EmitMoveSigned(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        int s = instruction.Source;
        if (s == FramePointerNumber || !row.Is64Bit)
        {
            Prepare(s, is64: false);
            MachineRegister n = Operand(s, RegisterMap.First);
            _writer.Append(Encoder.Of(BitfieldRow.Sbfm, row.Is64Bit, Claim(d), n, 0, row.OperandBits - 1));
            return;
        }

        Prepare(s, is64: false);
        Defer(d, Deferred.Extend(Root(s), row.OperandBits switch { 8 => Extension.SignedByte, 16 => Extension.SignedHalf, _ => Extension.SignedWord }));
    }

    private void EmitAluUnary(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        int bits = row.OperandBits;
        switch (row.Alu)
        {
            case AluOperator.Negate:
                Prepare(d, row.Is64Bit);
                MachineRegister m = Operand(d, RegisterMap.First);
                _writer.Append(Encoder.Of(ShiftedRow.Sub, row.Is64Bit, Claim(d), Zero, m));
                break;
            case AluOperator.LittleEndian when bits == 64:
                break;
            case AluOperator.LittleEndian when bits == 32:
                EmitMove(is64: false, d, d);
                break;
            case AluOperator.LittleEndian:
                Prepare(d, is64: false);
                Defer(d, Deferred.Extend(Root(d), Extension.Half));
                break;
            default:
                EmitSwap(d, bits);
                break;
        }
    }

    private void EmitSwap(int d, int bits)
    {
        Prepare(d, bits == 64);
        MachineRegister n = Operand(d, RegisterMap.First);
        bool isHalf = bits == 16 && IsHalf(d);
        MachineRegister home = Claim(d);
        switch (bits)
        {
            case 64:
                _writer.Append(Encoder.Of(OneSourceRow.Rev, true, home, n));
                break;
            case 32:
                _writer.Append(Encoder.Of(OneSourceRow.Rev32, false, home, n));
                break;
            default:
                _writer.Append(Encoder.Of(OneSourceRow.Rev16, false, home, n));
                if (!isHalf)
                {
                    Extend(home, home, Extension.Half);
                }

                break;
        }
    }

    /// <summary>Bits 16 to 31 of the register are zero: it was just loaded.</summary>
    private bool IsHalf(int register)
        => _slot > _function.Start && !_program.Flow.IsTarget(_slot) && _instructions[_slot - 1] is { Operation: Operation.Load16 } load && load.Destination == register;

    private void EmitBinary(AluOperator alu, bool is64, int d, int s)
    {
        if (TryRotate(alu, is64, d, s))
        {
            return;
        }

        // What an instruction can take along is its last operand.
        bool swaps = alu != AluOperator.Subtract && d != s && IsFoldable(d, alu, is64) && !IsFoldable(s, alu, is64);
        int left = swaps ? s : d;
        int right = swaps ? d : s;
        Prepare(left, is64);
        if (!IsFoldable(right, alu, is64))
        {
            Prepare(right, is64);
        }

        Deferred folded = IsFoldable(right, alu, is64) ? _deferred[right] : default;
        if (alu == AluOperator.Add && is64 && TryDeferAddress(d, left, right, folded))
        {
            return;
        }

        MachineRegister n = Operand(left, RegisterMap.First);
        MachineRegister m = folded.Kind == DeferredKind.None ? Operand(right, RegisterMap.Second) : Place(folded.Source);
        WriteBinary(alu, is64, Claim(d), n, m, folded);
    }

    private void WriteBinary(AluOperator alu, bool is64, MachineRegister d, MachineRegister n, MachineRegister m, Deferred folded)
    {
        switch (folded.Kind)
        {
            case DeferredKind.Extended:
                _writer.Append(Encoder.Of(alu == AluOperator.Add ? ExtendedRow.Add : ExtendedRow.Sub, is64, d, n, m, folded.Extension));
                break;
            case DeferredKind.Product:
                _writer.Append(Encoder.Of(alu == AluOperator.Add ? ThreeSourceRow.Madd : ThreeSourceRow.Msub, is64, d, m, Place(folded.Second), n));
                break;
            default:
                _writer.Append(Encoder.Of(RowOf(alu, folded.Kind == DeferredKind.Inverted), is64, d, n, m, folded.Shift, folded.Amount));
                break;
        }
    }

    private static ShiftedRow RowOf(AluOperator alu, bool inverts) => alu switch
    {
        AluOperator.Add => ShiftedRow.Add,
        AluOperator.Subtract => ShiftedRow.Sub,
        AluOperator.And => inverts ? ShiftedRow.Bic : ShiftedRow.And,
        AluOperator.Or => inverts ? ShiftedRow.Orn : ShiftedRow.Orr,
        _ => inverts ? ShiftedRow.Eon : ShiftedRow.Eor,
    };

    /// <summary>Both halves of a rotation: shifts of one value to the left and to the right, by as many bits together as it has.</summary>
    private bool TryRotate(AluOperator alu, bool is64, int d, int s)
    {
        Deferred first = _deferred[d];
        Deferred second = _deferred[s];
        if (alu is not (AluOperator.Or or AluOperator.ExclusiveOr or AluOperator.Add) || d == s || first.Kind != DeferredKind.Shifted || second.Kind != DeferredKind.Shifted
            || first.Source != second.Source || first.Is64 != is64 || second.Is64 != is64 || first.Amount + second.Amount != (is64 ? 64 : 32))
        {
            return false;
        }

        Deferred right = first.Shift == Shift.Right ? first : second;
        if (right.Shift != Shift.Right || (first.Shift != Shift.Left && second.Shift != Shift.Left))
        {
            return false;
        }

        MachineRegister n = Place(first.Source);
        ShiftBits(is64, Claim(d), n, Shift.Rotate, right.Amount);
        return true;
    }

    private void EmitAddImmediate(bool is64, int d, long value)
    {
        if (is64 && _deferred[d].Kind == DeferredKind.FrameAddress && (int)(_deferred[d].Amount + value) == _deferred[d].Amount + value)
        {
            Defer(d, Deferred.Frame((int)(_deferred[d].Amount + value)));
            return;
        }

        if (value == 0)
        {
            EmitMove(is64, d, d);
            return;
        }

        value = is64 ? value : (int)value;
        Prepare(d, is64);
        MachineRegister n = Operand(d, RegisterMap.First);
        MachineRegister home = Claim(d);
        if (_program.BlindsConstants || !_writer.TryAddImmediate(is64, home, n, value))
        {
            bool subtracts = value < 0 && !_program.BlindsConstants;
            LoadConstant(RegisterMap.First, subtracts ? (ulong)-value : is64 ? (ulong)value : (uint)value);
            _writer.Append(Encoder.Of(subtracts ? ShiftedRow.Sub : ShiftedRow.Add, is64, home, n, RegisterMap.First));
        }
    }

    private void EmitMultiply(bool is64, int d, int s)
    {
        Prepare(d, is64);
        Prepare(s, is64);
        if (s != FramePointerNumber && IsJoined(_slot + 1) && _instructions[_slot + 1] is { } next && next.Destination != next.Source && (next.Destination == d || next.Source == d)
            && next.Row is { Shape: InstructionShape.AluRegister, Alu: AluOperator.Add or AluOperator.Subtract } row && row.Is64Bit == is64)
        {
            Defer(d, Deferred.Multiply(Root(d), Root(s), is64));
            return;
        }

        MachineRegister n = Operand(d, RegisterMap.First);
        MachineRegister m = Operand(s, RegisterMap.Second);
        _writer.Append(Encoder.Of(ThreeSourceRow.Madd, is64, Claim(d), n, m, Zero));
    }

    private void EmitMultiplyImmediate(bool is64, int d, ulong value)
    {
        if (value == 0)
        {
            _writer.Constant(Claim(d), 0);
            return;
        }

        if (BitOperations.IsPow2(value))
        {
            EmitShiftLeft(is64, d, BitOperations.TrailingZeroCount(value));
            return;
        }

        Prepare(d, is64);
        MachineRegister n = Operand(d, RegisterMap.First);
        MachineRegister home = Claim(d);
        if (BitOperations.IsPow2(value - 1))
        {
            _writer.Append(Encoder.Of(ShiftedRow.Add, is64, home, n, n, Shift.Left, BitOperations.TrailingZeroCount(value - 1)));
        }
        else if (value == (is64 ? ulong.MaxValue : uint.MaxValue))
        {
            _writer.Append(Encoder.Of(ShiftedRow.Sub, is64, home, Zero, n));
        }
        else
        {
            LoadConstant(RegisterMap.First, value);
            _writer.Append(Encoder.Of(ThreeSourceRow.Madd, is64, home, n, RegisterMap.First, Zero));
        }
    }

    private void EmitBitwiseImmediate(AluOperator alu, bool is64, int d, ulong value)
    {
        ulong all = is64 ? ulong.MaxValue : uint.MaxValue;
        if (value == (alu == AluOperator.And ? all : 0))
        {
            EmitMove(is64, d, d);
            return;
        }

        if (alu == AluOperator.And && TryMaskLow(is64, d, value))
        {
            return;
        }

        Prepare(d, is64);
        if (alu == AluOperator.ExclusiveOr && value == all)
        {
            Defer(d, Deferred.Invert(Root(d), is64));
            return;
        }

        MachineRegister n = Operand(d, RegisterMap.First);
        MachineRegister home = Claim(d);
        if (value == (alu == AluOperator.And ? 0 : all))
        {
            _writer.Constant(home, value);
        }
        else if (!_program.BlindsConstants && LogicalImmediate.TryEncode(value, is64, out LogicalImmediate mask))
        {
            LogicalImmediateRow row = alu switch
            {
                AluOperator.And => LogicalImmediateRow.And,
                AluOperator.Or => LogicalImmediateRow.Orr,
                _ => LogicalImmediateRow.Eor,
            };
            _writer.Append(Encoder.Of(row, is64, home, n, mask));
        }
        else
        {
            LoadConstant(RegisterMap.First, value);
            _writer.Append(Encoder.Of(RowOf(alu, inverts: false), is64, home, n, RegisterMap.First));
        }
    }
}
