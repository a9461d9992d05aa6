using System.Numerics;
using Skep.Isa;
using Skep.Jit.Arm64.Encoding;

namespace Skep.Jit.Arm64.Emission;

/// <content>Shifts, and what two of them or a shift and a mask become together: fields of bits.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitShiftRegister(OpcodeRow row, int d, int s)
    {
        Prepare(d, row.Is64Bit);
        Prepare(s, is64: false);
        MachineRegister n = Operand(d, RegisterMap.First);
        MachineRegister m = Operand(s, RegisterMap.Second);
        TwoSourceRow shift = row.Alu switch
        {
            AluOperator.ShiftLeft => TwoSourceRow.Lsl,
            AluOperator.ShiftRight => TwoSourceRow.Lsr,
            _ => TwoSourceRow.Asr,
        };
        _writer.Append(Encoder.Of(shift, row.Is64Bit, Claim(d), n, m));
    }

    private void EmitShiftImmediate(OpcodeRow row, int d, int amount)
    {
        if (amount == 0)
        {
            EmitMove(row.Is64Bit, d, d);
        }
        else if (row.Alu == AluOperator.ShiftLeft)
        {
            EmitShiftLeft(row.Is64Bit, d, amount);
        }
        else
        {
            EmitShiftRight(row.Is64Bit, d, row.Alu == AluOperator.ShiftRight ? Shift.Right : Shift.RightArithmetic, amount);
        }
    }

    private void EmitShiftLeft(bool is64, int d, int amount)
    {
        if (amount == 0)
        {
            EmitMove(is64, d, d);
            return;
        }

        Deferred value = _deferred[d];
        if (is64 && value is { Kind: DeferredKind.Extended, Extension: Extension.Word or Extension.SignedWord })
        {
            BitfieldRow row = value.Extension == Extension.Word ? BitfieldRow.Ubfm : BitfieldRow.Sbfm;
            MachineRegister n = Place(value.Source);
            _writer.Append(Encoder.Of(row, true, Claim(d), n, 64 - amount, Math.Min(32, 64 - amount) - 1));
            return;
        }

        Prepare(d, is64);
        Defer(d, Deferred.ShiftOf(Root(d), is64, Shift.Left, amount));
    }

    private void EmitShiftRight(bool is64, int d, Shift shift, int amount)
    {
        int bits = is64 ? 64 : 32;
        Deferred value = _deferred[d];
        if (value is { Kind: DeferredKind.Shifted, Shift: Shift.Left } && value.Is64 == is64)
        {
            if (is64 && value.Amount == amount && ExtensionOf(64 - amount, shift) is { } extension)
            {
                Defer(d, Deferred.Extend(value.Source, extension));
                return;
            }

            MachineRegister n = Place(value.Source);
            BitfieldRow row = shift == Shift.Right ? BitfieldRow.Ubfm : BitfieldRow.Sbfm;
            _writer.Append(Encoder.Of(row, is64, Claim(d), n, (amount - value.Amount) & (bits - 1), bits - 1 - value.Amount));
            return;
        }

        if (is64 && value is { Kind: DeferredKind.Extended, Extension: Extension.Word } && amount < 32)
        {
            MachineRegister n = Place(value.Source);
            _writer.Append(Encoder.Of(BitfieldRow.Ubfm, true, Claim(d), n, amount, 31));
            return;
        }

        Prepare(d, is64);
        Defer(d, Deferred.ShiftOf(Root(d), is64, shift, amount));
    }

    private static Extension? ExtensionOf(int bits, Shift shift) => (bits, shift == Shift.Right) switch
    {
        (8, true) => Extension.Byte,
        (16, true) => Extension.Half,
        (32, true) => Extension.Word,
        (8, false) => Extension.SignedByte,
        (16, false) => Extension.SignedHalf,
        (32, false) => Extension.SignedWord,
        _ => null,
    };

    /// <summary>A mask of low bits: a field, of a value that was shifted to the right before or of one that is as it was.</summary>
    private bool TryMaskLow(bool is64, int d, ulong mask)
    {
        int length = BitOperations.TrailingZeroCount(~mask);
        Deferred value = _deferred[d];
        if (mask == 0 || mask != (1UL << length) - 1 || value is not { Kind: DeferredKind.Shifted, Shift: Shift.Right } || value.Is64 != is64)
        {
            return false;
        }

        int last = Math.Min(value.Amount + length, is64 ? 64 : 32) - 1;
        MachineRegister n = Place(value.Source);
        _writer.Append(Encoder.Of(BitfieldRow.Ubfm, is64, Claim(d), n, value.Amount, last));
        return true;
    }
}
