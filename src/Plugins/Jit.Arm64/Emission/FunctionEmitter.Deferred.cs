using System.Numerics;
using Skep.Isa;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>
/// Values that are kept back. Two rules keep them acyclic: nothing is kept back on the place of a register that itself waits for other places, and one that waits
/// for its own place alone may have others waiting for that place too. An instruction first prepares all operands, then asks for their registers, then claims its
/// destination, then is written.
/// </content>
internal sealed partial class FunctionEmitter
{
    private const int FramePointerNumber = (int)Register.R10;

    // The last entry, of R10, is never used: so any register may be asked for.
    private readonly Deferred[] _deferred = new Deferred[Registers.Count];
    private uint _deferredSet;
    private bool _hasReadOperands;

    private MachineRegister Place(int register) => _places[register];

    /// <summary>A register holds the value: the low half of it at least, or all of it.</summary>
    private bool IsPlain(int register, bool is64)
        => _deferred[register].Kind is DeferredKind.None or DeferredKind.Copy || (!is64 && _deferred[register].KeepsLowHalf);

    private void Prepare(int register, bool is64)
    {
        if (!IsPlain(register, is64))
        {
            Materialise(register);
        }
    }

    /// <summary>The register that holds a prepared operand; R10 is computed into <paramref name="scratch"/>.</summary>
    private MachineRegister Operand(int register, MachineRegister scratch)
    {
        if (register == FramePointerNumber)
        {
            _writer.AddImmediate(scratch, Stack, _frame.FramePointerOffset, scratch);
            return scratch;
        }

        return Place(Root(register));
    }

    /// <summary>The register of the program whose place holds a prepared operand.</summary>
    private int Root(int register) => _deferred[register].Kind == DeferredKind.None ? register : _deferred[register].Source;

    /// <summary>The place of a register that is about to be overwritten.</summary>
    private MachineRegister Claim(int register)
    {
        _hasReadOperands = true;
        Drop(register);
        ReleaseDependents(register);
        return Place(register);
    }

    private void Defer(int register, Deferred value)
    {
        _hasReadOperands = true;
        if (value.HasSecond || !value.HasSource || value.Source != register)
        {
            Drop(register);
            ReleaseDependents(register);
        }

        _deferred[register] = value;
        _deferredSet |= 1U << register;
    }

    private void Drop(int register)
    {
        _deferred[register] = default;
        _deferredSet &= ~(1U << register);
    }

    private void DropAll()
    {
        for (uint set = _deferredSet; set != 0; set &= set - 1)
        {
            _deferred[BitOperations.TrailingZeroCount(set)] = default;
        }

        _deferredSet = 0;
    }

    /// <summary>Puts all values that are still needed into their places.</summary>
    private void MaterialiseAll()
    {
        while (_deferredSet != 0)
        {
            int register = BitOperations.TrailingZeroCount(_deferredSet);
            if (IsNeeded(register))
            {
                Materialise(register);
            }
            else
            {
                Drop(register);
            }
        }
    }

    private void ReleaseDependents(int register)
    {
        for (uint set = _deferredSet & ~(1U << register); set != 0; set &= set - 1)
        {
            int dependent = BitOperations.TrailingZeroCount(set);
            if (!_deferred[dependent].DependsOn(register))
            {
                continue;
            }

            if (IsNeeded(dependent))
            {
                Materialise(dependent);
            }
            else
            {
                Drop(dependent);
            }
        }
    }

    private bool IsNeeded(int register)
        => _hasReadOperands ? _registers.IsLiveAfter(_slot, register) : _registers.IsLiveBefore(_slot, register);

    private void Materialise(int register)
    {
        Deferred value = _deferred[register];
        Drop(register);
        ReleaseDependents(register);
        MachineRegister d = Place(register);
        MachineRegister n = value.HasSource ? Place(value.Source) : Zero;
        switch (value.Kind)
        {
            case DeferredKind.Copy:
                _writer.Move(true, d, n);
                break;
            case DeferredKind.FrameAddress:
                _writer.AddImmediate(d, Stack, _frame.FramePointerOffset + value.Amount, d);
                break;
            case DeferredKind.Extended:
                Extend(d, n, value.Extension);
                break;
            case DeferredKind.Shifted:
                ShiftBits(value.Is64, d, n, value.Shift, value.Amount);
                break;
            case DeferredKind.Inverted:
                _writer.Append(Encoder.Of(ShiftedRow.Orn, value.Is64, d, Zero, n));
                break;
            case DeferredKind.Sum when value.Extension == Extension.Whole:
                _writer.Append(Encoder.Of(ShiftedRow.Add, true, d, n, Place(value.Second), Shift.Left, value.Amount));
                break;
            case DeferredKind.Sum:
                _writer.Append(Encoder.Of(ExtendedRow.Add, true, d, n, Place(value.Second), value.Extension, value.Amount));
                break;
            case DeferredKind.Product:
                _writer.Append(Encoder.Of(ThreeSourceRow.Madd, value.Is64, d, n, Place(value.Second), Zero));
                break;
        }
    }

    private void Extend(MachineRegister d, MachineRegister n, Extension extension)
    {
        switch (extension)
        {
            case Extension.Word:
                _writer.Move(false, d, n);
                break;
            case Extension.Byte or Extension.Half:
                _writer.Append(Encoder.Of(BitfieldRow.Ubfm, false, d, n, 0, extension == Extension.Byte ? 7 : 15));
                break;
            default:
                int last = extension switch { Extension.SignedByte => 7, Extension.SignedHalf => 15, _ => 31 };
                _writer.Append(Encoder.Of(BitfieldRow.Sbfm, true, d, n, 0, last));
                break;
        }
    }

    private void ShiftBits(bool is64, MachineRegister d, MachineRegister n, Shift shift, int amount)
    {
        int bits = is64 ? 64 : 32;
        _writer.Append(shift switch
        {
            Shift.Left => Encoder.Of(BitfieldRow.Ubfm, is64, d, n, (bits - amount) & (bits - 1), bits - 1 - amount),
            Shift.Right => Encoder.Of(BitfieldRow.Ubfm, is64, d, n, amount, bits - 1),
            Shift.RightArithmetic => Encoder.Of(BitfieldRow.Sbfm, is64, d, n, amount, bits - 1),
            _ => Encoder.Of(ExtractRow.Extr, is64, d, n, n, amount),
        });
    }

    /// <summary>The value of a register can go into an instruction of <paramref name="alu"/> as its last operand.</summary>
    private bool IsFoldable(int register, AluOperator alu, bool is64)
    {
        Deferred value = _deferred[register];
        return value.Kind switch
        {
            DeferredKind.Shifted => value.Is64 == is64 || (!is64 && value is { Shift: Shift.Left, Amount: < 32 }),
            DeferredKind.Extended => alu is AluOperator.Add or AluOperator.Subtract && (is64 || !value.KeepsLowHalf),
            DeferredKind.Inverted => alu is AluOperator.And or AluOperator.Or or AluOperator.ExclusiveOr && (value.Is64 || !is64),
            DeferredKind.Product => alu is AluOperator.Add or AluOperator.Subtract && (value.Is64 || !is64),
            _ => false,
        };
    }
}
