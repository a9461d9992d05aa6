using System.Collections.Immutable;
using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <content>What puts steps in, so that all others move.</content>
internal sealed partial class Draft
{
    /// <summary>Puts new steps behind others; they stem from the same slots.</summary>
    /// <param name="added">Sorted by step; of one step in the order of execution.</param>
    public void Insert(List<(int After, Instruction Instruction)> added)
    {
        if (added.Count == 0)
        {
            return;
        }

        var moved = new int[Count + 1];
        var steps = new Step[Count + added.Count];
        int next = 0;
        int to = 0;
        for (int from = 0; from < Count; from++)
        {
            moved[from] = to;
            steps[to++] = _steps[from];
            while (next < added.Count && added[next].After == from)
            {
                steps[to++] = new Step { Instruction = added[next++].Instruction, Slot = _steps[from].Slot, Target = -1 };
            }
        }

        moved[Count] = to;
        Take(steps, to, moved);
    }

    /// <summary>Puts code in the place of steps; control leaves it at its end.</summary>
    /// <param name="codes">By step, in order.</param>
    public void Expand(SortedList<int, ImmutableArray<Instruction>> codes)
    {
        var moved = new int[Count + 1];
        var steps = new Step[Count + codes.Values.Sum(code => code.Length)];
        var inner = new List<(int Step, int Target)>();
        int next = 0;
        int to = 0;
        for (int from = 0; from < Count; from++)
        {
            moved[from] = to;
            if (next == codes.Count || codes.Keys[next] != from)
            {
                steps[to++] = _steps[from];
                continue;
            }

            int first = to;
            to = Place(codes.Values[next++], _steps[from].Slot, steps, first, inner);
            steps[first].CostsFuel = _steps[from].CostsFuel;
        }

        moved[Count] = to;
        Take(steps, to, moved);
        foreach ((int step, int target) in inner)
        {
            _steps[step].Target = target;
        }
    }

    private static int Place(ImmutableArray<Instruction> code, int slot, Step[] steps, int to, List<(int Step, int Target)> inner)
    {
        var stepOf = new int[code.Length + 1];
        int next = to;
        for (int i = 0; i < code.Length; i++)
        {
            stepOf[i] = next;
            if (code[i].Operation != Operation.Continuation)
            {
                steps[next++] = new Step { Instruction = code[i], Slot = slot, Target = -1 };
            }
        }

        stepOf[code.Length] = next;
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i].Row.IsBranch)
            {
                inner.Add((stepOf[i], stepOf[(int)code[i].TargetFrom(i)]));
            }
        }

        return next;
    }

    private void Take(Step[] steps, int count, int[] moved)
    {
        foreach (ref Step step in steps.AsSpan(0, count))
        {
            step.Target = step.Target < 0 ? step.Target : moved[step.Target];
        }

        for (int i = 0; i < Functions.Length; i++)
        {
            Functions[i] = Functions[i] < 0 ? Functions[i] : moved[Functions[i]];
        }

        _steps = steps;
        Count = count;
    }
}
