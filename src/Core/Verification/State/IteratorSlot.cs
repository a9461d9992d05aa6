namespace Skep.Verification.State;

/// <summary>How far an open-coded iterator is.</summary>
internal enum IteratorState : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It may have more elements.</summary>
    Active,

    /// <summary>It has no more.</summary>
    Drained,
}

/// <summary>
/// Iterators on the stack: all of their slots are <see cref="StackByte.Iterator"/>, and <see cref="StackSlot.Spilled"/> of each says which
/// (<see cref="RegisterState.Target"/> its kind, <see cref="RegisterState.Reference"/>, <see cref="RegisterState.Range"/> the state, <see cref="RegisterState.Delta"/>
/// the elements taken).
/// </summary>
internal static class IteratorSlot
{
    /// <summary>The index of the slot whose lowest byte is <paramref name="offset"/> bytes from R10.</summary>
    public static int IndexOf(long offset) => (int)((-offset - 1) / StackSlot.Size);

    /// <summary>The state of the iterator that a stack pointer points to.</summary>
    public static IteratorState StateAt(VerifierState state, in RegisterState pointer)
    {
        FrameState frame = state.Frame(pointer.Frame);
        int index = IndexOf(pointer.FixedOffset);
        return pointer.FixedOffset % StackSlot.Size == 0 && index >= 0 && index < frame.SlotCount && frame[index].HasIterator
            ? (IteratorState)frame[index].Spilled.Range
            : IteratorState.None;
    }
}
