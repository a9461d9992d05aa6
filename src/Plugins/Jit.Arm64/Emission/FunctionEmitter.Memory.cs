using Skep.Isa;
using Skep.Jit.Arm64.Encoding;
using static Skep.Jit.Arm64.Encoding.MachineRegister;

namespace Skep.Jit.Arm64.Emission;

/// <content>Plain loads and stores.</content>
internal sealed partial class FunctionEmitter
{
    private const int PairReach = 64;

    private int EmitLoad(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        int s = instruction.Source;
        int shift = ShiftOfSize(row);
        if (TryLoadPair(row, instruction))
        {
            return 2;
        }

        PrepareAddress(s, instruction.Offset, shift);
        Address address = LocateAddress(s, instruction.Offset);
        MemoryRow access = (row.OperandBits, row.SignExtends) switch
        {
            (8, false) => MemoryRow.Ldrb,
            (8, true) => MemoryRow.Ldrsb,
            (16, false) => MemoryRow.Ldrh,
            (16, true) => MemoryRow.Ldrsh,
            (32, false) => MemoryRow.LdrWord,
            (32, true) => MemoryRow.Ldrsw,
            _ => MemoryRow.Ldr,
        };
        WriteAccess(access, Claim(d), address);
        return 1;
    }

    private int EmitStoreImmediate(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        PrepareAddress(d, instruction.Offset, ShiftOfSize(row));
        Address address = LocateAddress(d, instruction.Offset);
        int bits = row.OperandBits;
        ulong value = bits == 64 ? (ulong)instruction.Immediate : (ulong)instruction.Immediate & ((1UL << bits) - 1);
        if (value == 0 && IsPair(row, instruction, shift: ShiftOfSize(row)) && address.CanPair(ShiftOfSize(row)) && _instructions[_slot + 1].Immediate == 0)
        {
            WritePair(row, isLoad: false, Zero, Zero, address, _instructions[_slot + 1].Offset - instruction.Offset);
            return 2;
        }

        if (value != 0)
        {
            LoadConstant(RegisterMap.Second, value);
        }

        WriteAccess(StoreRow(bits), value == 0 ? Zero : RegisterMap.Second, address);
        return 1;
    }

    private int EmitStoreRegister(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        int s = instruction.Source;
        bool is64 = row.OperandBits == 64;
        bool isPair = IsPair(row, instruction, ShiftOfSize(row)) && s != FramePointerNumber && _instructions[_slot + 1].Source != FramePointerNumber;
        Prepare(s, is64);
        if (isPair)
        {
            Prepare(_instructions[_slot + 1].Source, is64);
        }

        PrepareAddress(d, instruction.Offset, ShiftOfSize(row));
        Address address = LocateAddress(d, instruction.Offset);
        MachineRegister value = Operand(s, RegisterMap.Second);
        if (isPair && address.CanPair(ShiftOfSize(row)))
        {
            MachineRegister other = Operand(_instructions[_slot + 1].Source, RegisterMap.Second);
            WritePair(row, isLoad: false, value, other, address, _instructions[_slot + 1].Offset - instruction.Offset);
            return 2;
        }

        WriteAccess(StoreRow(row.OperandBits), value, address);
        return 1;
    }

    private bool TryLoadPair(OpcodeRow row, Instruction instruction)
    {
        int d = instruction.Destination;
        int s = instruction.Source;
        if (row.SignExtends || d == s || !IsPair(row, instruction, ShiftOfSize(row)) || _instructions[_slot + 1].Destination == d)
        {
            return false;
        }

        PrepareAddress(s, instruction.Offset, ShiftOfSize(row));
        Address address = LocateAddress(s, instruction.Offset);
        if (!address.CanPair(ShiftOfSize(row)))
        {
            return false;
        }

        // What depends on either register is read before the pair is written.
        MachineRegister second = Claim(_instructions[_slot + 1].Destination);
        MachineRegister first = Claim(d);
        WritePair(row, isLoad: true, first, second, address, _instructions[_slot + 1].Offset - instruction.Offset);
        return true;
    }

    /// <summary>The next instruction is the same on the memory beside, within reach of both orders.</summary>
    private bool IsPair(OpcodeRow row, Instruction instruction, int shift)
    {
        if (shift < 2 || !IsJoined(_slot + 1))
        {
            return false;
        }

        Instruction next = _instructions[_slot + 1];
        bool isLoad = row.Shape == InstructionShape.Load;
        return next.Operation == instruction.Operation && (isLoad ? next.Source == instruction.Source : next.Destination == instruction.Destination)
            && Math.Abs(next.Offset - instruction.Offset) == 1 << shift;
    }

    private void WritePair(OpcodeRow row, bool isLoad, MachineRegister first, MachineRegister second, Address address, int distance)
    {
        PairRow pair = (isLoad, row.OperandBits == 64) switch
        {
            (true, true) => PairRow.Ldp,
            (true, false) => PairRow.LdpWord,
            (false, true) => PairRow.Stp,
            _ => PairRow.StpWord,
        };
        _writer.Append(distance > 0
            ? Encoder.Of(pair, first, second, address.Base, address.Offset)
            : Encoder.Of(pair, second, first, address.Base, address.Offset + distance));
    }

    /// <summary>Makes an address something that <see cref="LocateAddress"/> can name.</summary>
    private void PrepareAddress(int register, int offset, int shift)
    {
        Deferred value = _deferred[register];
        bool isIndexed = value.Kind == DeferredKind.Sum && offset == 0 && (value.Amount == 0 || value.Amount == shift);
        if (!isIndexed && value.Kind != DeferredKind.FrameAddress)
        {
            Prepare(register, is64: true);
        }
    }

    private Address LocateAddress(int register, int offset)
    {
        Deferred value = _deferred[register];
        if (register == FramePointerNumber || value.Kind == DeferredKind.FrameAddress)
        {
            return new Address(Stack, _frame.FramePointerOffset + value.Amount + offset);
        }

        return value.Kind == DeferredKind.Sum
            ? new Address(Place(value.Source), 0) { Index = Place(value.Second), Extension = value.Extension, IsScaled = value.Amount != 0 }
            : new Address(Place(Root(register)), offset);
    }

    private void WriteAccess(MemoryRow row, MachineRegister t, Address address)
    {
        int shift = row.SizeShift();
        int offset = address.Offset;
        if (address.Index is { } index)
        {
            _writer.Append(Encoder.Of(row, t, address.Base, index, address.Extension, address.IsScaled));
        }
        else if (offset >= 0 && offset >> shift < 4096 && (offset & ((1 << shift) - 1)) == 0)
        {
            _writer.Append(Encoder.Of(row, AddressForm.Scaled, t, address.Base, offset));
        }
        else if (offset is >= -256 and < 256)
        {
            _writer.Append(Encoder.Of(row, AddressForm.Unscaled, t, address.Base, offset));
        }
        else if (MachineWriter.IsAddImmediate(offset))
        {
            _writer.AddImmediate(RegisterMap.First, address.Base, offset);
            _writer.Append(Encoder.Of(row, AddressForm.Scaled, t, RegisterMap.First, 0));
        }
        else
        {
            _writer.Constant(RegisterMap.First, (ulong)offset);
            _writer.Append(Encoder.Of(row, t, address.Base, RegisterMap.First, Extension.Whole, isScaled: false));
        }
    }

    /// <summary>An addition whose sum is the next instruction's address is left to that.</summary>
    private bool TryDeferAddress(int d, int left, int right, Deferred folded)
    {
        if (left == FramePointerNumber || right == FramePointerNumber || !IsJoined(_slot + 1))
        {
            return false;
        }

        Instruction next = _instructions[_slot + 1];
        OpcodeRow row = next.Row;
        bool isAddress = next.Offset == 0 && row.Shape switch
        {
            InstructionShape.Load => next.Source == d,
            InstructionShape.StoreImmediate => next.Destination == d,
            InstructionShape.StoreRegister => next.Destination == d && next.Source != d,
            _ => false,
        };
        if (!isAddress)
        {
            return false;
        }

        switch (folded.Kind)
        {
            case DeferredKind.None:
                Defer(d, Deferred.Add(Root(left), Root(right), Extension.Whole, 0));
                return true;
            case DeferredKind.Shifted when folded is { Is64: true, Shift: Shift.Left } && folded.Amount == ShiftOfSize(row):
                Defer(d, Deferred.Add(Root(left), folded.Source, Extension.Whole, folded.Amount));
                return true;
            case DeferredKind.Extended when folded.KeepsLowHalf:
                Defer(d, Deferred.Add(Root(left), folded.Source, folded.Extension, 0));
                return true;
            default:
                return false;
        }
    }

    private static int ShiftOfSize(OpcodeRow row) => row.OperandBits switch { 8 => 0, 16 => 1, 32 => 2, _ => 3 };

    private static MemoryRow StoreRow(int bits) => bits switch { 8 => MemoryRow.Strb, 16 => MemoryRow.Strh, 32 => MemoryRow.StrWord, _ => MemoryRow.Str };

    /// <param name="Base">A register or the stack pointer.</param>
    private readonly record struct Address(MachineRegister Base, int Offset)
    {
        /// <summary>Added to the base; then the offset is 0.</summary>
        internal MachineRegister? Index { get; init; }

        internal Extension Extension { get; init; }

        /// <summary>The index is shifted by the size of the access.</summary>
        internal bool IsScaled { get; init; }

        /// <summary>It and its neighbours on both sides are within a pair's reach.</summary>
        internal bool CanPair(int shift) => Index is null && (Offset & ((1 << shift) - 1)) == 0 && Offset >> shift is > -PairReach and < PairReach - 1;
    }
}
