using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>Whether whatever is true of a kept frame's stack is true of a frame's now.</summary>
internal sealed class StackComparison(Provenance provenance, VerifierInput input)
{
    private readonly bool _allowsLeaks = input.AllowsLeaks;
    private readonly bool _allowsUnwritten = input.Policy.AllowUninitializedStack;

    private IdMap _ids = new();

    /// <summary>Since it was cleared, bytes that nobody wrote stood for some that were written.</summary>
    public bool StoodInForWritten { get; set; }

    public bool Matches(FrameState old, FrameState now, Comparison comparison, IdMap ids)
    {
        _ids = ids;
        if (comparison == Comparison.Same && old.SlotCount != now.SlotCount)
        {
            return false;
        }

        // Below what both know there is nothing but unwritten bytes, and beyond the kept one's there may be anything, unless it was read as unwritten.
        int count = Math.Max(old.SlotCount, now.SlotCount);
        bool unwrittenWasRead = comparison != Comparison.Needed || provenance.IsRead(old.UnwrittenNode);
        for (int i = 0; i < count; i++)
        {
            if (i >= old.SlotCount)
            {
                if (unwrittenWasRead && !IsNumberLike(now[i]))
                {
                    return false;
                }

                continue;
            }

            ref StackSlot slot = ref old[i];
            if (comparison == Comparison.Needed && !slot.IsUnwritten && !provenance.IsRead(slot.Node) && !slot.HasIterator)
            {
                continue;
            }

            if (!(i < now.SlotCount ? MatchesSlot(slot, now[i], comparison, unwrittenWasRead) : MatchesSlot(slot, default, comparison, unwrittenWasRead)))
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchesSlot(in StackSlot old, in StackSlot now, Comparison comparison, bool unwrittenWasRead)
    {
        if (comparison == Comparison.Same)
        {
            return old.Bytes == now.Bytes && (!(old.HasSpill || old.HasIterator) || RegisterComparison.Matches(old.Spilled, now.Spilled, comparison, provenance, _ids));
        }

        if (old.HasIterator || now.HasIterator)
        {
            return (old.IsUnwritten && !unwrittenWasRead)
                || (old.HasIterator && now.HasIterator && RegisterComparison.Matches(old.Spilled, now.Spilled, comparison, provenance, _ids));
        }

        if (old.All(0, StackSlot.Size, StackByte.Zero) && now.HasSpill && now.SpillSize == StackSlot.Size && now.Spilled.IsNullConstant)
        {
            provenance.Mark(now.Spilled.Node, Provenance.Precise);
            return true;
        }

        if (old.HasSpill && old.SpillSize == StackSlot.Size)
        {
            return MatchesSpill(old.Spilled, now, comparison);
        }

        for (int i = 0; i < StackSlot.Size; i++)
        {
            if (!MatchesByte(old[i], now[i], now.HasPointer, unwrittenWasRead))
            {
                return false;
            }
        }

        return !old.HasSpill || MatchesPartialSpill(old, now, comparison);
    }

    private bool MatchesSpill(in RegisterState old, in StackSlot now, Comparison comparison)
    {
        if (now.HasSpill && now.SpillSize == StackSlot.Size)
        {
            return RegisterComparison.Matches(old, now.Spilled, comparison, provenance, _ids);
        }

        // Bytes without more are a number that nothing is known of, or zero.
        if (!old.IsScalar || !IsNumberLike(now))
        {
            return false;
        }

        if (!now.IsFullyWritten)
        {
            StoodInForWritten = true;
            if (!_allowsUnwritten)
            {
                return false;
            }
        }

        bool isZero = now.All(0, StackSlot.Size, StackByte.Zero);
        return (comparison == Comparison.Needed && !provenance.IsPrecise(old.Node))
            || (old.Id == 0 && (old.Number.IsUnknown || (isZero && old.Number.Contains(0))));
    }

    private bool MatchesPartialSpill(in StackSlot old, in StackSlot now, Comparison comparison)
        => now.HasSpill && now.SpillSize == old.SpillSize
            ? RegisterComparison.Matches(old.Spilled, now.Spilled, comparison, provenance, _ids)
            : (comparison == Comparison.Needed && !provenance.IsPrecise(old.Spilled.Node)) || old.Spilled.Number.IsUnknown;

    private bool MatchesByte(StackByte old, StackByte now, bool isPointer, bool unwrittenWasRead) => old switch
    {
        StackByte.Unwritten => !unwrittenWasRead || IsNumber(now, isPointer),
        StackByte.Zero => now == StackByte.Zero,
        _ => IsNumber(now, isPointer),
    };

    private bool IsNumber(StackByte now, bool isPointer)
    {
        if (now == StackByte.Unwritten)
        {
            StoodInForWritten = true;
            return _allowsUnwritten;
        }

        return _allowsLeaks || !isPointer || now != StackByte.Spilled;
    }

    private bool IsNumberLike(in StackSlot slot) => !slot.HasIterator && (_allowsLeaks || !slot.HasPointer);
}
