using Skep.Programs;

namespace Skep.Flow;

/// <summary>Instructions that run one after the other: control enters at the first and leaves after the last. Calls do not end a block.</summary>
/// <param name="Length">In slots.</param>
public readonly record struct BasicBlock(SlotIndex Start, int Length, FunctionIndex Function)
{
    /// <summary>One past the last slot.</summary>
    public SlotIndex End => new(Start.Value + Length);
}

/// <summary>The slots of one function.</summary>
/// <param name="Length">In slots.</param>
public readonly record struct FunctionRange(SlotIndex Start, int Length)
{
    /// <summary>One past the last slot.</summary>
    public SlotIndex End => new(Start.Value + Length);

    public bool Contains(long slot) => slot >= Start.Value && slot < Start.Value + Length;
}
