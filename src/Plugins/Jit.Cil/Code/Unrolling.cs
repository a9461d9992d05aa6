using Skep.Isa;

namespace Skep.Jit.Cil.Code;

/// <summary>
/// Repeats the body of short innermost loops, each time with its own test of the end. The .NET JIT does not unroll such loops, and clang does it for
/// this machine but not for eBPF; a round that is a few instructions long costs as much as the jump at its end.
/// </summary>
/// <remarks>It is right whatever the loop looks like: all copies are the same code, so that it does not matter in which one control is.</remarks>
internal static class Unrolling
{
    private const int MaxBodySteps = 24;
    private const int MaxUnrolledSteps = 48;
    private const int MaxCopies = 4;
    private const int MaxMethodSteps = 1500;

    public static void Run(MethodCode method)
    {
        List<Step> steps = method.Steps;
        if (steps.Count > MaxMethodSteps)
        {
            return;
        }

        // From the back, so that what is inserted moves no loop that is still to be looked at.
        int before = steps.Count;
        for (int last = steps.Count - 1; last >= 0; last--)
        {
            int first = steps[last].Target;
            if (first < 0 || first > last || last >= before)
            {
                continue;
            }

            before = first;
            int length = last - first + 1;
            int copies = Math.Min(MaxCopies, MaxUnrolledSteps / length);
            if (length <= MaxBodySteps && copies > 1 && IsInnermost(steps, first, last))
            {
                Repeat(steps, first, last, copies);
            }
        }
    }

    private static bool IsInnermost(List<Step> steps, int first, int last)
    {
        for (int step = first; step <= last; step++)
        {
            Step now = steps[step];
            bool isLoop = step < last && now.IsBranch && now.Target <= step && now.Target != first;
            if (isLoop || now.Operation is Operation.CallHelper or Operation.CallLocal or Operation.Exit)
            {
                return false;
            }
        }

        return true;
    }

    private static void Repeat(List<Step> steps, int first, int last, int copies)
    {
        // Each copy ends with the branch to the next one and, where that is not always taken, with a jump out of the loop.
        int length = last - first + 1;
        bool isConditional = !steps[last].EndsFlow;
        int stride = length + (isConditional ? 1 : 0);
        int inserted = stride * (copies - 1);
        int after = last + 1 + inserted;
        var unrolled = new List<Step>(inserted + length);
        for (int copy = 0; copy < copies; copy++)
        {
            int start = first + (copy * stride);
            int next = copy + 1 < copies ? start + stride : first;
            for (int step = first; step <= last; step++)
            {
                Step now = steps[step];
                int target = now.Target switch
                {
                    < 0 => -1,
                    int inside when inside == first => next,
                    int inside when inside > first && inside <= last => start + (inside - first),
                    int outside => outside > last ? outside + inserted : outside,
                };
                unrolled.Add(now with { Target = target });
            }

            if (isConditional && copy + 1 < copies)
            {
                unrolled.Add(new Step(Operation.Jump, 0, 0, 0, 0, after, steps[last].Slot));
            }
        }

        for (int step = 0; step < steps.Count; step++)
        {
            if ((step < first || step > last) && steps[step].Target > last)
            {
                steps[step] = steps[step] with { Target = steps[step].Target + inserted };
            }
        }

        steps.RemoveRange(first, length);
        steps.InsertRange(first, unrolled);
    }
}
