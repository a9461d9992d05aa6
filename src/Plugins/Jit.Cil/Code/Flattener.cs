using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Cil.Code;

/// <summary>Makes the steps of a method: the function's instructions, and in the place of calls that are inlined those of the callee.</summary>
internal sealed class Flattener
{
    private readonly LoweredProgram _program;
    private readonly CallPlan _plan;
    private readonly MethodCode _method;

    private Flattener(LoweredProgram program, CallPlan plan, LoweredFunction function)
    {
        _program = program;
        _plan = plan;
        _method = new MethodCode(program, function);
    }

    public static MethodCode Flatten(LoweredProgram program, CallPlan plan, LoweredFunction function)
    {
        var flattener = new Flattener(program, plan, function);
        flattener.Append(function, caller: -1, callSlot: function.Start.Value);
        return flattener._method;
    }

    /// <param name="caller">The frame that calls; -1 for the method's own function.</param>
    private void Append(LoweredFunction function, int caller, int callSlot)
    {
        List<Step> steps = _method.Steps;
        int frame = _method.Frames.Count;
        _method.Frames.Add(function);
        _method.HasBudget.Add(false);
        steps.Add(Step.Of(Pseudo.OpenFrame, frame, callSlot));
        int start = function.Start.Value;
        int[] stepOfSlot = new int[function.Length];
        var branches = new List<(int Step, int Target)>();
        var exits = new List<int>();
        for (int slot = start; slot < start + function.Length; slot++)
        {
            Instruction instruction = _program.Instructions[slot];
            stepOfSlot[slot - start] = steps.Count;
            if (instruction.Operation == Operation.Continuation)
            {
                continue;
            }

            if (_plan.PaysFuel(slot))
            {
                steps.Add(Step.Of(Pseudo.PayFuel, frame, slot));
            }

            switch (instruction.Operation)
            {
                case Operation.CallLocal:
                    AppendCall(frame, instruction, slot);
                    break;
                case Operation.Exit when caller >= 0:
                    steps.Add(Step.Move(MethodCode.Variable(caller, 0), MethodCode.Variable(frame, 0), slot));
                    exits.Add(steps.Count);
                    steps.Add(new Step(Operation.Jump, 0, 0, 0, 0, -1, slot));
                    break;
                default:
                    if (instruction.Row.IsBranch)
                    {
                        branches.Add((steps.Count, (int)instruction.TargetFrom(slot)));
                    }

                    _method.HasBudget[frame] |= instruction.Operation == Operation.MayGoto;
                    steps.Add(StepOf(instruction, frame, slot));
                    break;
            }
        }

        foreach ((int step, int target) in branches)
        {
            steps[step] = steps[step] with { Target = stepOfSlot[target - start] };
        }

        LeaveAtEnd(exits);
    }

    /// <summary>Exits of an inlined function go to what follows it; the last one is there already.</summary>
    private void LeaveAtEnd(List<int> exits)
    {
        List<Step> steps = _method.Steps;
        if (exits.Count > 0 && exits[^1] == steps.Count - 1)
        {
            steps.RemoveAt(steps.Count - 1);
            exits.RemoveAt(exits.Count - 1);
        }

        foreach (int exit in exits)
        {
            steps[exit] = steps[exit] with { Target = steps.Count };
        }
    }

    private void AppendCall(int frame, Instruction instruction, int slot)
    {
        int callee = _plan.FunctionAt((int)instruction.TargetFrom(slot));
        if (!_plan.Inlines(callee, _method.Steps.Count))
        {
            _method.Steps.Add(new Step(Operation.CallLocal, MethodCode.Variable(frame, 0), MethodCode.Variable(frame, 0), 0, callee, -1, slot));
            return;
        }

        int inner = _method.Frames.Count;
        for (int register = 1; register <= 5; register++)
        {
            _method.Steps.Add(Step.Move(MethodCode.Variable(inner, register), MethodCode.Variable(frame, register), slot));
        }

        Append(_program.Functions[callee], frame, slot);
    }

    private static Step StepOf(Instruction instruction, int frame, int slot)
    {
        long immediate = instruction.Operation == Operation.LoadFunction ? slot + 1 + instruction.LowImmediate : instruction.Immediate;
        return new Step(
            instruction.Operation,
            MethodCode.Variable(frame, instruction.Destination),
            MethodCode.Variable(frame, instruction.Source),
            instruction.Offset,
            immediate,
            -1,
            slot);
    }
}
