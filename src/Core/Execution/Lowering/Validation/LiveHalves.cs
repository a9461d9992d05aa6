using System.Collections.Immutable;
using Skep.Execution.Lowering.Optimization;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Validation;

/// <summary>Where control comes to otherwise than from the slot before, and which halves of registers are read from there on.</summary>
internal sealed class LiveHalves
{
    private const int MostRounds = 24;

    private readonly LoweredProgram _program;
    private readonly RegisterHalves[] _live;

    public LiveHalves(LoweredProgram program)
    {
        _program = program;
        IsHead = Heads(program);
        _live = new RegisterHalves[program.Instructions.Length + 1];
        int rounds = 0;
        while (Walk())
        {
            if (++rounds == MostRounds)
            {
                Array.Fill(_live, RegisterHalves.Of(RegisterSet.All));
                break;
            }
        }
    }

    /// <summary>By slot.</summary>
    public bool[] IsHead { get; }

    /// <summary>Of a slot to which control comes by a branch or a call.</summary>
    public RegisterHalves At(int head) => _live[head];

    public static bool[] Heads(LoweredProgram program)
    {
        ImmutableArray<Instruction> code = program.Instructions;
        var heads = new bool[code.Length + 1];
        for (int slot = 0; slot < code.Length; slot++)
        {
            if (code[slot].Row.IsBranch)
            {
                heads[Math.Clamp(code[slot].TargetFrom(slot), 0, code.Length)] = true;
            }
        }

        foreach (LoweredFunction function in program.Functions)
        {
            heads[function.Start.Value] = true;
        }

        return heads;
    }

    private bool Walk()
    {
        ImmutableArray<Instruction> code = _program.Instructions;
        bool changed = false;
        RegisterHalves live = RegisterHalves.None;
        for (int slot = code.Length - 1; slot >= 0; slot--)
        {
            if (code[slot].Operation != Operation.Continuation)
            {
                live = Before(code[slot], slot, live);
            }

            if (IsHead[slot] && _live[slot] != live)
            {
                _live[slot] = live;
                changed = true;
            }
        }

        return changed;
    }

    private RegisterHalves Before(Instruction instruction, int slot, RegisterHalves live)
    {
        OpcodeRow row = instruction.Row;
        RegisterHalves target = row.IsBranch || instruction.Operation == Operation.CallLocal ? _live[instruction.TargetFrom(slot)] : RegisterHalves.None;
        if (row.EndsFlow)
        {
            live = RegisterHalves.None;
        }

        live |= row.IsBranch ? target : RegisterHalves.None;
        if (Demand.IsPure(row) && !live.HasAny(instruction.Destination))
        {
            return live;
        }

        int arguments = instruction.Operation == Operation.CallHelper ? _program.Helpers[(int)instruction.Immediate].Descriptor.ArgumentRegisters : 0;
        RegisterHalves before = Demand.Before(instruction, live, arguments);
        return row.IsCall ? before | (target & RegisterHalves.Of(RegisterSet.Arguments)) : before;
    }
}
