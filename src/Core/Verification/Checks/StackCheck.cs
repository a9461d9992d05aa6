using Skep.Contracts;
using Skep.Verification.Obligations;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Accesses to the stack: in the frame, and what is read was written, or may be read unwritten. Notes which slots were read.</summary>
internal sealed class StackCheck(WalkContext context)
{
    /// <summary>An access by an instruction; alignment was checked.</summary>
    public bool Check(in RegisterState pointer, int register, long offset, int size, MemoryAccess access)
    {
        if (!TryRange(pointer, offset, size, out long first, out long end))
        {
            return FailBounds(pointer, register, offset, size);
        }

        FrameState frame = context.State.Frame(pointer.Frame);
        context.Facts.Access(context.Slot, ValueKind.Stack, pointer.Frame, first, end);
        context.Facts.Stack(frame.Function, -first);
        bool isFixed = pointer.HasFixedOffset;
        if (access == MemoryAccess.ReadWrite && !CheckNoPointer(frame, register, first, end))
        {
            return false;
        }

        return ((access & MemoryAccess.Read) == 0 || CheckRead(frame, register, first, end, isFixed))
            && ((access & MemoryAccess.Write) == 0 || CheckWrite(frame, register, first, end, isFixed));
    }

    /// <summary>Memory that a helper reads or writes.</summary>
    /// <param name="isFilledWhole">The helper writes all of it and reads none.</param>
    public bool CheckForHelper(in RegisterState pointer, int register, long size, MemoryAccess access, bool isFilledWhole)
    {
        if (!TryRange(pointer, 0, size, out long first, out long end))
        {
            return FailBounds(pointer, register, 0, size);
        }

        FrameState frame = context.State.Frame(pointer.Frame);
        context.Facts.Stack(frame.Function, -first);
        for (long at = first; at < end; at++)
        {
            ref StackSlot slot = ref SlotAt(frame, at, out StackByte kind);
            if (kind == StackByte.Iterator)
            {
                return FailIterator(register, at);
            }

            bool isPointer = kind == StackByte.Spilled && slot.Spilled.IsPointer;
            if (isPointer && !context.Input.AllowsLeaks && !(isFilledWhole && IsCoveredSlot(at, first, end)))
            {
                return context.Fail(
                    (access & MemoryAccess.Write) != 0 ? MemoryRules.CorruptedSpill : ValueRules.LeakPassed,
                    $"r{register}: byte {at} of the stack is part of a spilled pointer, expected a number", register);
            }

            if (!isFilledWhole && !Read(frame, ref slot, kind, register, at))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a pointer may be kept at a place on the stack.</summary>
    public bool CheckSpill(in RegisterState target, in Obligation obligation)
    {
        ref RegisterState value = ref context.Register(obligation.Other);
        if (!target.HasFixedOffset)
        {
            return context.Input.AllowsLeaks || context.Fail(
                ValueRules.LeakStored, $"r{obligation.Other} is {RegisterNoun.Of(value)} and is stored at a variable place of the stack, where it could not be told from a number",
                obligation.Other, obligation.Register);
        }

        if (obligation.Size != StackSlot.Size)
        {
            return context.Fail(
                MemoryRules.CorruptedSpill, $"{obligation.Size} bytes of r{obligation.Other}, {RegisterNoun.Of(value)}, are stored, expected all {StackSlot.Size}", obligation.Other);
        }

        return value.Kind != ValueKind.Stack || value.Frame <= target.Frame || context.Fail(
            MemoryRules.OutOfStack, $"r{obligation.Other} points into this function's stack and is stored into its caller's, where it would outlive it",
            obligation.Other, obligation.Register);
    }

    /// <summary>The slot of a byte, made known where it was not.</summary>
    public static ref StackSlot SlotAt(FrameState frame, long offset, out StackByte kind)
    {
        int index = IteratorSlot.IndexOf(offset);
        frame.Grow(index + 1);
        ref StackSlot slot = ref frame[index];
        kind = slot[(int)(offset + ((index + 1) * StackSlot.Size))];
        return ref slot;
    }

    private static bool IsCoveredSlot(long at, long first, long end)
    {
        long start = -((IteratorSlot.IndexOf(at) + 1) * (long)StackSlot.Size);
        return start >= first && start + StackSlot.Size <= end;
    }

    private bool TryRange(in RegisterState pointer, long offset, long size, out long first, out long end)
    {
        first = 0;
        end = 0;
        if (pointer.Number.SignedMin <= -ArithmeticCheck.MaxOffset || pointer.Number.SignedMax >= ArithmeticCheck.MaxOffset)
        {
            return false;
        }

        first = pointer.Offset + offset + pointer.Number.SignedMin;
        end = pointer.Offset + offset + pointer.Number.SignedMax + size;
        return first >= -context.Input.Limits.MaxFrameBytes && end <= 0;
    }

    private bool FailBounds(in RegisterState pointer, int register, long offset, long size)
    {
        bool isUnbounded = pointer.Number.SignedMin <= -ArithmeticCheck.MaxOffset || pointer.Number.SignedMax >= ArithmeticCheck.MaxOffset;
        long first = pointer.Offset + offset + pointer.Number.SignedMin;
        long last = pointer.Offset + offset + pointer.Number.SignedMax + size - 1;
        string where = isUnbounded ? $"at an offset that is not bounded ({RangeText.Of(pointer.Number)})" : $"at bytes {RangeText.Of(first, last)} from r10";
        return context.Fail(MemoryRules.OutOfStack, $"accessing {size} bytes {where}, expected bytes -{context.Input.Limits.MaxFrameBytes}..-1", register);
    }

    /// <summary>An atomic operation makes a number of a pointer, or leaves it where a number is expected.</summary>
    private bool CheckNoPointer(FrameState frame, int register, long first, long end)
    {
        for (long at = first; at < end; at++)
        {
            ref StackSlot slot = ref SlotAt(frame, at, out StackByte kind);
            if (kind == StackByte.Spilled && slot.Spilled.IsPointer && !context.Input.AllowsLeaks)
            {
                return context.Fail(MemoryRules.CorruptedSpill, $"byte {at} of the stack is part of a spilled pointer, on which there are no atomic operations", register);
            }
        }

        return true;
    }

    private bool CheckRead(FrameState frame, int register, long first, long end, bool isFixed)
    {
        bool isWholeSlot = isFixed && end - first == StackSlot.Size;
        for (long at = first; at < end; at++)
        {
            ref StackSlot slot = ref SlotAt(frame, at, out StackByte kind);
            if (kind == StackByte.Iterator)
            {
                return FailIterator(register, at);
            }

            if (kind == StackByte.Spilled && slot.Spilled.IsPointer && !isWholeSlot && (isFixed || !context.Input.AllowsLeaks))
            {
                return context.Fail(MemoryRules.CorruptedSpill, $"byte {at} of the stack is part of a spilled pointer, which can only be loaded whole", register);
            }

            if (!Read(frame, ref slot, kind, register, at))
            {
                return false;
            }
        }

        return true;
    }

    private bool Read(FrameState frame, ref StackSlot slot, StackByte kind, int register, long at)
    {
        if (kind != StackByte.Unwritten)
        {
            context.Provenance.Mark(slot.Node, Provenance.Read);
            return true;
        }

        if (!context.Input.Policy.AllowUninitializedStack)
        {
            return context.FailStricter(
                MemoryRules.UnwrittenStack, $"byte {at} of the stack is read, but nothing was written to it on this path",
                "programs that were loaded with CAP_PERFMON may read stack that nobody wrote", register);
        }

        context.Provenance.Mark(frame.UnwrittenNode, Provenance.Read);
        context.Provenance.Mark(slot.Node, Provenance.Read);
        context.Facts.ReadsUnwritten(frame.Function);
        return true;
    }

    private bool CheckWrite(FrameState frame, int register, long first, long end, bool isFixed)
    {
        bool isWholeSlot = isFixed && end - first == StackSlot.Size;
        for (long at = first; at < end; at++)
        {
            ref StackSlot slot = ref SlotAt(frame, at, out StackByte kind);
            if (kind == StackByte.Iterator && !isFixed)
            {
                return FailIterator(register, at);
            }

            if (kind == StackByte.Spilled && slot.Spilled.IsPointer && !isWholeSlot && !context.Input.AllowsLeaks)
            {
                return context.FailStricter(
                    MemoryRules.CorruptedSpill, $"byte {at} of the stack is part of a spilled pointer, and only a part of it is overwritten",
                    "programs that were loaded with CAP_PERFMON may overwrite any part of it, which is a number from then on", register);
            }
        }

        return true;
    }

    private bool FailIterator(int register, long at)
        => context.Fail(CallRules.Iterator, $"byte {at} of the stack belongs to an iterator, which only its functions may touch", register);
}
