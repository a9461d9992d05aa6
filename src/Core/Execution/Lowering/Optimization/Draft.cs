using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>
/// A lowered program while passes change it: branches lead to steps instead of over distances, so that steps can go and come without anything else moving.
/// </summary>
internal sealed partial class Draft
{
    private readonly LoweredProgram _from;
    private Step[] _steps;

    private Draft(LoweredProgram from, Step[] steps, int count, int[] functions)
    {
        _from = from;
        _steps = steps;
        Count = count;
        Functions = functions;
    }

    /// <summary>What the verifier proved, by the spec's slots (<see cref="OriginalOf"/>).</summary>
    public ProgramFacts Facts => _from.Verified.Facts;

    public int Count { get; private set; }

    /// <summary>The first step of each function; the first is the entry. A function that nothing calls any more starts at -1.</summary>
    public int[] Functions { get; }

    public Span<Step> Steps => _steps.AsSpan(0, Count);

    public static Draft Of(LoweredProgram program)
    {
        ImmutableArray<Instruction> code = program.Instructions;
        var steps = new Step[code.Length];
        var stepOf = new int[code.Length];
        int count = 0;
        for (int slot = 0; slot < code.Length; slot++)
        {
            stepOf[slot] = count;
            if (code[slot].Operation != Operation.Continuation)
            {
                steps[count++] = new Step { Instruction = code[slot], Slot = slot, Target = -1 };
            }
        }

        foreach (ref Step step in steps.AsSpan(0, count))
        {
            Instruction instruction = step.Instruction;
            if (instruction.Row.IsBranch || instruction.Operation == Operation.CallLocal)
            {
                step.Target = stepOf[(int)instruction.TargetFrom(step.Slot)];
            }
            else if (instruction.Operation == Operation.LoadFunction)
            {
                step.Target = stepOf[step.Slot + 1 + instruction.LowImmediate];
            }
        }

        foreach (SlotIndex slot in program.FuelSlots)
        {
            steps[stepOf[slot.Value]].CostsFuel = true;
        }

        return new Draft(program, steps, count, [.. program.Functions.Select(function => stepOf[function.Start.Value])]);
    }

    /// <summary>The spec's slot behind a step.</summary>
    public int OriginalOf(in Step step) => _from.OriginalSlots[step.Slot];

    /// <summary>How many of R1 to R5 a helper call reads.</summary>
    public int ArgumentsOf(Instruction call) => _from.Helpers[(int)call.Immediate].Descriptor.ArgumentRegisters;

    /// <summary>Takes out a step that does nothing, or nothing that matters. One that costs fuel stays as an instruction without effect.</summary>
    public void Remove(int step)
    {
        ref Step removed = ref _steps[step];
        if (removed.CostsFuel)
        {
            removed.Instruction = new Instruction(Operation.Jump, 0, 0, 0, 0);
            removed.Target = step + 1;
        }
        else
        {
            removed.IsGone = true;
            removed.Target = -1;
        }
    }

    /// <summary>The step itself, or the first one behind it that is not gone.</summary>
    public int Skip(int step)
    {
        int end = step;
        while (end < Count && _steps[end].IsGone)
        {
            end = Math.Max(end + 1, _steps[end].Target);
        }

        // The way is kept in the steps themselves, so that long runs of them are walked once.
        while (step < end)
        {
            int next = Math.Max(step + 1, _steps[step].Target);
            _steps[step].Target = end;
            step = next;
        }

        return end;
    }

    /// <summary>By step: whether control comes there otherwise than from the step before, so that what is known there is not known any more.</summary>
    public bool[] Joins()
    {
        var joins = new bool[Count + 1];
        for (int i = 0; i < Count; i++)
        {
            if (_steps[i].Target >= 0 && !_steps[i].IsGone)
            {
                joins[Skip(_steps[i].Target)] = true;
            }
        }

        foreach (int start in Functions.Where(start => start >= 0))
        {
            joins[Skip(start)] = true;
        }

        return joins;
    }

    /// <param name="origins">By slot: the slot that it stems from, in the program that the draft was made of.</param>
    public LoweredProgram ToProgram(out int[] origins) => new DraftLayout(_from, Steps, Functions).ToProgram(out origins);
}
