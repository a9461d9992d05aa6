namespace Skep.Execution.Lowering.Optimization;

/// <summary>Takes out what control never comes to: code behind branches that went, and functions that nothing calls any more.</summary>
internal static class Reachability
{
    public static void Run(Draft draft)
    {
        Span<Step> steps = draft.Steps;
        var reached = new bool[steps.Length];
        var open = new Stack<int>();
        open.Push(draft.Functions[0]);
        while (open.TryPop(out int at))
        {
            // Down the line as far as it is new.
            while (at < steps.Length && !reached[at])
            {
                reached[at] = true;
                ref Step step = ref steps[at];
                at++;
                if (step.IsGone)
                {
                    continue;
                }

                if (step.Target >= 0)
                {
                    open.Push(step.Target);
                }

                if (step.Instruction.Row.EndsFlow)
                {
                    break;
                }
            }
        }

        for (int i = 0; i < steps.Length; i++)
        {
            if (!reached[i])
            {
                steps[i].IsGone = true;
                steps[i].Target = -1;
            }
        }

        for (int i = 0; i < draft.Functions.Length; i++)
        {
            draft.Functions[i] = draft.Functions[i] >= 0 && reached[draft.Functions[i]] ? draft.Functions[i] : -1;
        }
    }
}
