using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>Which halves of registers are needed after each step of a draft.</summary>
internal sealed class Liveness
{
    /// <summary>Rounds over the whole program: one more than loops are nested, mostly. What takes more is not worth it.</summary>
    private const int MostRounds = 24;

    private readonly Draft _draft;
    private readonly bool[] _joins;

    // By step, where control comes there from elsewhere.
    private readonly RegisterHalves[] _atJoin;

    private Liveness(Draft draft)
    {
        _draft = draft;
        _joins = draft.Joins();
        _atJoin = new RegisterHalves[draft.Count + 1];
        After = new RegisterHalves[draft.Count];
    }

    /// <summary>By step. Where control never comes it says nothing.</summary>
    public RegisterHalves[] After { get; }

    /// <returns>Null when it takes too long.</returns>
    public static Liveness? Of(Draft draft)
    {
        var liveness = new Liveness(draft);
        int rounds = 0;
        while (liveness.Walk())
        {
            if (++rounds == MostRounds)
            {
                return null;
            }
        }

        return liveness;
    }

    /// <summary>From the end to the start.</summary>
    /// <returns>Whether more turned out to be needed than was known.</returns>
    private bool Walk()
    {
        Span<Step> steps = _draft.Steps;
        bool changed = false;
        RegisterHalves live = RegisterHalves.None;
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            ref Step step = ref steps[i];
            if (!step.IsGone)
            {
                live = Before(step, i, live);
            }

            if (_joins[i] && live != _atJoin[i])
            {
                _atJoin[i] = live;
                changed = true;
            }
        }

        return changed;
    }

    private RegisterHalves Before(in Step step, int index, RegisterHalves live)
    {
        Instruction instruction = step.Instruction;
        OpcodeRow row = instruction.Row;
        if (row.IsBranch)
        {
            RegisterHalves target = _atJoin[_draft.Skip(step.Target)];
            live = row.Shape == InstructionShape.Jump ? target : live | target;
        }
        else if (row.IsExit)
        {
            live = RegisterHalves.None;
        }

        After[index] = live;
        if (Demand.IsPure(row) && !live.HasAny(instruction.Destination))
        {
            return live;
        }

        int arguments = instruction.Operation == Operation.CallHelper ? _draft.ArgumentsOf(instruction) : 0;
        RegisterHalves before = Demand.Before(instruction, live, arguments);
        return instruction.Operation == Operation.CallLocal
            ? before | (_atJoin[_draft.Skip(step.Target)] & RegisterHalves.Of(RegisterSet.Arguments))
            : before;
    }
}
