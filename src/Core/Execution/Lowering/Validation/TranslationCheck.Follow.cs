using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Validation;

/// <content>Following both programs from one common point to the next.</content>
internal sealed partial class TranslationCheck
{
    /// <summary>What ends a stretch without anything to decide.</summary>
    private enum End
    {
        Arrival,
        Branch,
        MayGoto,
        LocalCall,
        Exit,
        Problem,
    }

    private void FollowFrom(int before, int after)
    {
        RegisterHalves live = _live.At(after);
        _then.Begin(before, live);
        _now.Begin(after, live);
        bool isStart = true;
        while (_problem is null)
        {
            int steps = 0;
            End end = FollowAfter(isStart, ref steps);
            isStart = false;
            if (end == End.Problem || FollowBefore(end, steps > 0) != end)
            {
                Fail("control goes another way than before");
            }

            if (!_then.Effects.SequenceEqual(_now.Effects))
            {
                Fail("what is written, called or paid is not the same");
            }

            _then.ForgetEffects();
            _now.ForgetEffects();
            if (_problem is null && !Settle(end))
            {
                return;
            }
        }
    }

    /// <summary>Both stand at the same end of a stretch.</summary>
    /// <returns>Whether they go on behind it.</returns>
    private bool Settle(End end)
    {
        switch (end)
        {
            case End.Arrival:
                MeetAlike(_then.Slot, _now.Slot, RegisterSet.All);
                return false;
            case End.Exit:
                if (_then.R0 != _now.R0)
                {
                    Fail("the result is another");
                }

                return false;
            case End.LocalCall:
                MeetAlike((int)_then.Instruction.TargetFrom(_then.Slot), (int)_now.Instruction.TargetFrom(_now.Slot), RegisterSet.Arguments);
                _then.Execute(_then.Instruction, _then.Instruction.Row);
                _now.Execute(_now.Instruction, _now.Instruction.Row);
                return true;
            default:
                if (end == End.Branch && !IsSameCondition())
                {
                    Fail($"{_now.Instruction} does not ask what was asked before");
                }

                MeetAlike((int)_then.Instruction.TargetFrom(_then.Slot), (int)_now.Instruction.TargetFrom(_now.Slot), RegisterSet.All);
                _then.Slot++;
                _now.Slot++;
                return true;
        }
    }

    private bool IsSameCondition()
    {
        OpcodeRow then = _then.Instruction.Row;
        OpcodeRow now = _now.Instruction.Row;
        int width = now.Is64Bit ? 8 : 4;
        return then.Condition == now.Condition && then.Is64Bit == now.Is64Bit
            && _terms.Low(_then[_then.Instruction.Destination], width) == _terms.Low(_now[_now.Instruction.Destination], width)
            && _terms.Low(RightBefore(_then.Instruction, then), width) == _terms.Low(_now.RightOf(_now.Instruction, now), width);
    }

    private End FollowAfter(bool isStart, ref int steps)
    {
        while (_budget-- > 0 && _now.Slot < _after.Instructions.Length)
        {
            if (!isStart && _live.IsHead[_now.Slot])
            {
                return End.Arrival;
            }

            isStart = false;
            steps++;
            if (_fuelAfter[_now.Slot])
            {
                _now.Pay(_after.OriginalSlots[_now.Slot]);
            }

            Instruction instruction = _now.Instruction;
            OpcodeRow row = instruction.Row;
            if (row.Shape == InstructionShape.Jump)
            {
                _now.Slot = (int)instruction.TargetFrom(_now.Slot);
                return End.Arrival;
            }

            if (EndOf(instruction, row) is { } end)
            {
                if (end != End.Branch || Decide(_now, instruction, row, _now.RightOf(instruction, row)) is not { } isTaken)
                {
                    return end;
                }

                _now.Slot = isTaken ? (int)instruction.TargetFrom(_now.Slot) : _now.Slot + 1;
                continue;
            }

            if (instruction.Operation == Operation.LoadFunction)
            {
                int target = _now.Slot + 1 + instruction.LowImmediate;
                if (!_functions.TryGetValue(target, out int function))
                {
                    return End.Problem;
                }

                Meet(_before.Functions[function].Start.Value, target);
            }

            _now.Execute(instruction, row);
        }

        return End.Problem;
    }

    private End FollowBefore(End end, bool mustMove)
    {
        while (_budget-- > 0 && _then.Slot < _before.Instructions.Length)
        {
            if (end == End.Arrival && !mustMove && HasArrived())
            {
                return End.Arrival;
            }

            mustMove = false;
            if (_fuelBefore[_then.Slot])
            {
                _then.Pay(_before.OriginalSlots[_then.Slot]);
            }

            Instruction instruction = _then.Instruction;
            OpcodeRow row = instruction.Row;
            if (row.Shape == InstructionShape.Jump)
            {
                _then.Slot = (int)instruction.TargetFrom(_then.Slot);
            }
            else if (EndOf(instruction, row) is not { } other)
            {
                _then.Execute(instruction, row, Forms.TakesImmediate(row) ? FactOf(instruction) : null);
            }
            else if (other == End.Branch && WayBefore(instruction, row) is { } isTaken)
            {
                _then.Slot = isTaken ? (int)instruction.TargetFrom(_then.Slot) : _then.Slot + 1;
            }
            else
            {
                return other;
            }
        }

        return End.Problem;
    }

    /// <summary>The program before is where the one after stands, as the hint says.</summary>
    private bool HasArrived() => _counterpart[_then.Slot] == _now.Slot && (_headsBefore[_then.Slot] || _origins[_now.Slot] == _then.Slot) && _then.Effects.Length == _now.Effects.Length;

    private static End? EndOf(Instruction instruction, OpcodeRow row) => row.Shape switch
    {
        InstructionShape.JumpImmediate or InstructionShape.JumpRegister => End.Branch,
        InstructionShape.MayGoto => End.MayGoto,
        InstructionShape.Exit => End.Exit,
        InstructionShape.Call when instruction.Operation == Operation.CallLocal => End.LocalCall,
        _ => null,
    };

    /// <summary>Where a branch of the program before goes, as the verifier proved or as its operands say; null when it may go either way.</summary>
    private bool? WayBefore(Instruction instruction, OpcodeRow row) => (_facts.Branches.IsDefaultOrEmpty ? BranchOutcome.None : _facts.Branches[_before.OriginalSlots[_then.Slot]]) switch
    {
        BranchOutcome.Jumps => true,
        BranchOutcome.FallsThrough => false,
        _ => Decide(_then, instruction, row, RightBefore(instruction, row)),
    };

    private bool? Decide(SymbolicRun run, Instruction instruction, OpcodeRow row, int right)
        => _terms.IsConstant(run[instruction.Destination], out ulong left) && _terms.IsConstant(right, out ulong operand) ? ConstantEvaluator.IsTaken(row, left, operand) : null;

    private int RightBefore(Instruction instruction, OpcodeRow row)
        => Forms.TakesImmediate(row) && FactOf(instruction) is { } fact ? _terms.Constant(fact) : _then.RightOf(instruction, row);

    /// <summary>What the verifier proved of the source register, where an immediate can say it.</summary>
    private ulong? FactOf(Instruction instruction)
        => _facts.Constants.TryGetValue(_before.OriginalSlots[_then.Slot], out ulong value) && Forms.TryWithImmediate(instruction, value, out _) ? value : null;
}
