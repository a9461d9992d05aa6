using System.Collections.Immutable;

namespace Skep.Verification.Walk;

/// <summary>The branches of every path that was walked, as a tree of numbers: a step knows the one before it. Not thread-safe.</summary>
internal sealed class BranchPath
{
    private Step[] _steps = new Step[256];

    /// <summary>0 is the start of the program.</summary>
    public int Count { get; private set; } = 1;

    public long MemoryUse => (long)_steps.Length * 12;

    /// <summary>Forgets all steps.</summary>
    public void Clear() => Count = 1;

    /// <param name="before">The step before this one.</param>
    /// <param name="slot">The conditional jump, or the call of a helper that calls back.</param>
    /// <param name="taken">It went to the target.</param>
    public int Add(int before, int slot, bool taken)
    {
        if (Count == _steps.Length)
        {
            Array.Resize(ref _steps, Count * 2);
        }

        _steps[Count] = new Step(before, slot, taken);
        return Count++;
    }

    /// <summary>The branch of a step.</summary>
    public int SlotOf(int step) => _steps[step].Slot;

    /// <summary>
    /// The way to a step, the first branch first. Where it went round a loop, that is told once: of branches at the same slot with the same outcome
    /// that follow each other in a circle the last round stands for all.
    /// </summary>
    public ImmutableArray<(int Slot, bool Taken, int Times)> To(int step)
    {
        var folded = new List<(int Slot, bool Taken, int Times)>();
        var position = new Dictionary<(int, bool), int>();
        for (int at = step; at != 0; at = _steps[at].Before)
        {
            (int Slot, bool Taken) key = (_steps[at].Slot, _steps[at].Taken);
            if (position.TryGetValue(key, out int known))
            {
                folded[known] = folded[known] with { Times = folded[known].Times + 1 };
            }
            else
            {
                position[key] = folded.Count;
                folded.Add((key.Slot, key.Taken, 1));
            }
        }

        folded.Reverse();
        return [.. folded];
    }

    private readonly record struct Step(int Before, int Slot, bool Taken);
}
