using Skep.Isa;
using Skep.Verification.Checks;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Stores and atomic operations. Only the stack is followed; of all other memory nothing is known.</summary>
internal sealed class StoreTransfer(WalkContext context, LoadTransfer loads)
{
    public void Apply(in Instruction instruction, OpcodeRow row)
    {
        RegisterState pointer = context.Register(instruction.Destination);
        if (pointer.Kind != ValueKind.Stack)
        {
            return;
        }

        if (row.UsesSourceRegister)
        {
            Store(pointer, instruction.Offset, row.AccessSize, ref context.Register(instruction.Source));
            return;
        }

        RegisterState value = default;
        value.SetScalar(Scalar.Constant((ulong)instruction.Immediate), context.Provenance.Add());
        Store(pointer, instruction.Offset, row.AccessSize, ref value);
    }

    /// <summary>The value before goes to the source, or to R0; what is there afterwards is a number.</summary>
    public void ApplyAtomic(in Instruction instruction, OpcodeRow row)
    {
        RegisterState pointer = context.Register(instruction.Destination);
        if (row.Shape != InstructionShape.AtomicUpdate)
        {
            int into = row.Shape == InstructionShape.AtomicFetch ? instruction.Source : (int)Register.R0;
            loads.Load(ref context.Register(into), pointer, instruction.Offset, row.AccessSize, isSigned: false);
        }

        if (pointer.Kind == ValueKind.Stack)
        {
            Overwrite(pointer, instruction.Offset, row.AccessSize);
        }
    }

    /// <summary>Something unknown is written to <paramref name="size"/> bytes.</summary>
    public void Overwrite(in RegisterState pointer, long offset, long size)
    {
        FrameState frame = context.State.Frame(pointer.Frame);
        long first = pointer.Offset + offset + pointer.Number.SignedMin;
        long end = pointer.Offset + offset + pointer.Number.SignedMax + size;
        bool isCertain = pointer.HasFixedOffset;
        int touched = -1;
        for (long at = first; at < end; at++)
        {
            int index = IteratorSlot.IndexOf(at);
            ref StackSlot slot = ref StackCheck.SlotAt(frame, at, out StackByte kind);
            if (kind == StackByte.Unwritten && !isCertain)
            {
                // It may not be what is written, and then still holds what nobody wrote.
                if (!context.Input.Policy.AllowUninitializedStack)
                {
                    continue;
                }

                context.Facts.ReadsUnwritten(frame.Function);
            }

            if (index != touched)
            {
                Touch(frame, ref slot, isWhole: false);
                touched = index;
            }

            DropSpill(ref slot);
            slot.Set((int)(at + ((index + 1) * StackSlot.Size)), 1, StackByte.Number);
        }
    }

    private void Store(in RegisterState pointer, int offset, int size, ref RegisterState value)
    {
        if (!pointer.HasFixedOffset)
        {
            StoreSomewhere(pointer, offset, size, value);
            return;
        }

        long at = pointer.FixedOffset + offset;
        FrameState frame = context.State.Frame(pointer.Frame);
        int index = IteratorSlot.IndexOf(at);
        ref StackSlot slot = ref StackCheck.SlotAt(frame, at, out _);
        int start = (int)(at + ((index + 1) * StackSlot.Size));
        Touch(frame, ref slot, isWhole: size == StackSlot.Size);
        if (start == 0 && value.Kind != ValueKind.Uninitialized && (value.IsScalar || size == StackSlot.Size))
        {
            Spill(ref slot, size, ref value);
            return;
        }

        DropSpill(ref slot);
        slot.Set(start, size, IsZero(value) ? StackByte.Zero : StackByte.Number);
    }

    private void Spill(ref StackSlot slot, int size, ref RegisterState value)
    {
        DropSpill(ref slot);
        bool fits = size == StackSlot.Size || value.Number.UnsignedMax < 1UL << (size * 8);
        if (fits)
        {
            if (value.IsScalar && value.Id == 0 && !value.Number.IsConstant)
            {
                value.Id = context.NewId();
            }

            slot.Spilled = value;
        }
        else
        {
            slot.Spilled.SetScalar(Scalar.ZeroExtended(value.Number, size * 8), context.Provenance.Add(value.Node));
        }

        slot.Set(0, size, StackByte.Spilled);
    }

    /// <summary>A store at one of several places: each of them may hold the old or the new value.</summary>
    private void StoreSomewhere(in RegisterState pointer, int offset, int size, in RegisterState value)
    {
        FrameState frame = context.State.Frame(pointer.Frame);
        bool isZero = IsZero(value);
        long first = pointer.Offset + offset + pointer.Number.SignedMin;
        long end = pointer.Offset + offset + pointer.Number.SignedMax + size;
        for (long at = first; at < end; at++)
        {
            int index = IteratorSlot.IndexOf(at);
            ref StackSlot slot = ref StackCheck.SlotAt(frame, at, out StackByte kind);
            if (isZero && kind == StackByte.Spilled && slot.Spilled.IsNullConstant)
            {
                DropSpill(ref slot);
                kind = StackByte.Zero;
            }

            if ((kind == StackByte.Zero && isZero) || (kind == StackByte.Unwritten && !context.Input.Policy.AllowUninitializedStack))
            {
                continue;
            }

            Touch(frame, ref slot, isWhole: false);
            if (kind == StackByte.Unwritten)
            {
                // Reading it may still read what nobody wrote.
                context.Facts.ReadsUnwritten(frame.Function);
            }

            DropSpill(ref slot);
            slot.Set((int)(at + ((index + 1) * StackSlot.Size)), 1, StackByte.Number);
        }
    }

    private bool IsZero(in RegisterState value)
    {
        if (!value.IsNullConstant)
        {
            return false;
        }

        context.MarkPrecise(value);
        return true;
    }

    /// <summary>The slot is written: later reads are of this write, and of the one before where it was not overwritten whole.</summary>
    private void Touch(FrameState frame, ref StackSlot slot, bool isWhole)
        => slot.Node = isWhole ? context.Provenance.Add() : context.Provenance.Add(slot.IsUnwritten ? frame.UnwrittenNode : slot.Node);

    /// <summary>What remains of a spilled register that is overwritten in part is a number, or still 0.</summary>
    private void DropSpill(ref StackSlot slot)
    {
        if (slot.HasSpill || slot.HasIterator)
        {
            slot.Replace(StackByte.Spilled, slot.HasSpill && IsZero(slot.Spilled) ? StackByte.Zero : StackByte.Number);
            slot.Replace(StackByte.Iterator, StackByte.Number);
            slot.Spilled.SetUninitialized();
        }
    }
}
