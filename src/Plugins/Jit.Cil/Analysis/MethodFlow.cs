using Skep.Jit.Cil.Code;

namespace Skep.Jit.Cil.Analysis;

/// <summary>The basic blocks of a method, in the order of its steps, and how deep in loops each lies.</summary>
internal sealed class MethodFlow
{
    private readonly int[] _blockOfStep;

    public MethodFlow(List<Step> steps)
    {
        bool[] starts = new bool[steps.Count + 1];
        starts[0] = true;
        starts[steps.Count] = true;
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i].IsBranch)
            {
                starts[steps[i].Target] = true;
            }

            starts[i + 1] |= steps[i].IsBranch || steps[i].EndsFlow;
        }

        _blockOfStep = new int[steps.Count];
        var bounds = new List<int>();
        for (int i = 0; i <= steps.Count; i++)
        {
            if (starts[i])
            {
                bounds.Add(i);
            }

            if (i < steps.Count)
            {
                _blockOfStep[i] = bounds.Count - 1;
            }
        }

        Bounds = [.. bounds];
        IsTarget = new bool[Count];
        Depths = DepthsOf(steps);
    }

    /// <summary>By block: its first step; the last element is the number of steps.</summary>
    public int[] Bounds { get; }

    public int Count => Bounds.Length - 1;

    /// <summary>By block: how many loops are around it, as far as the order of the steps tells.</summary>
    public int[] Depths { get; }

    /// <summary>By block: whether a branch goes there.</summary>
    public bool[] IsTarget { get; }

    public int BlockAt(int step) => _blockOfStep[step];

    /// <summary>The block that a block's last step branches to, or -1; and the one that it falls into, or -1.</summary>
    public (int Target, int Next) Successors(List<Step> steps, int block)
    {
        Step last = steps[Bounds[block + 1] - 1];
        return (last.IsBranch ? BlockAt(last.Target) : -1, last.EndsFlow || block + 1 >= Count ? -1 : block + 1);
    }

    /// <summary>Branches back make loops of the blocks between; those to the same block are one loop.</summary>
    private int[] DepthsOf(List<Step> steps)
    {
        int[] lastOfLoop = new int[Count];
        Array.Fill(lastOfLoop, -1);
        for (int block = 0; block < Count; block++)
        {
            int target = Successors(steps, block).Target;
            if (target >= 0)
            {
                IsTarget[target] = true;
            }

            if (target >= 0 && target <= block)
            {
                lastOfLoop[target] = block;
            }
        }

        int[] change = new int[Count + 1];
        for (int block = 0; block < Count; block++)
        {
            if (lastOfLoop[block] >= 0)
            {
                change[block]++;
                change[lastOfLoop[block] + 1]--;
            }
        }

        int depth = 0;
        int[] depths = new int[Count];
        for (int block = 0; block < Count; block++)
        {
            depth += change[block];
            depths[block] = depth;
        }

        return depths;
    }
}
