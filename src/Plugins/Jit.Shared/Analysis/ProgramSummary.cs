using System.Collections.Immutable;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Analysis;

/// <summary>The functions of a program, with what holds of each of them and of what it calls.</summary>
public sealed class ProgramSummary
{
    private readonly LoweredProgram _program;
    private readonly Dictionary<int, int> _functionOfStart = [];
    private readonly List<(int Caller, int Callee)> _calls = [];

    private ProgramSummary(LoweredProgram program)
    {
        _program = program;
        var functions = ImmutableArray.CreateBuilder<FunctionSummary>(program.Functions.Length);
        foreach (LoweredFunction function in program.Functions)
        {
            _functionOfStart.Add(function.Start.Value, functions.Count);
            functions.Add(new FunctionSummary(functions.Count, function));
        }

        Functions = functions.MoveToImmutable();
    }

    /// <summary>By index of <see cref="LoweredProgram.Functions"/>.</summary>
    public ImmutableArray<FunctionSummary> Functions { get; }

    public static ProgramSummary Of(LoweredProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var summary = new ProgramSummary(program);
        foreach (FunctionSummary function in summary.Functions)
        {
            summary.Look(function);
        }

        summary.MarkFuel();
        summary.Propagate();
        return summary;
    }

    /// <summary>The function that a call or <see cref="Operation.LoadFunction"/> at <paramref name="slot"/> means.</summary>
    public FunctionSummary FunctionAt(int slot) => Functions[_functionOfStart[slot]];

    private void Look(FunctionSummary function)
    {
        ReadOnlySpan<Instruction> instructions = _program.Instructions.AsSpan();
        for (int slot = function.Start; slot < function.End; slot++)
        {
            Instruction instruction = instructions[slot];
            function.Written |= instruction.Writes;
            function.Used |= instruction.Reads | instruction.Writes;
            switch (instruction.Operation)
            {
                case Operation.CallHelper:
                    function.CallsHelpers = true;
                    function.NeedsInvocation = true;
                    function.MayTrap |= _program.HelperCalls[(int)instruction.Immediate].MayTrap;
                    break;
                case Operation.CallLocal:
                    FunctionSummary callee = FunctionAt(slot + 1 + instruction.Offset);
                    callee.IsCalled = true;
                    function.CallsFunctions = true;
                    _calls.Add((function.Index, callee.Index));
                    break;
                case Operation.LoadFunction:
                    FunctionAt(slot + 1 + instruction.LowImmediate).IsAddressTaken = true;
                    break;
                case Operation.MayGoto:
                    function.HasBudget = true;
                    function.MayTrap = true;
                    function.NeedsInvocation = true;
                    break;
                default:
                    function.NeedsInvocation |= instruction.Row.Shape == InstructionShape.LoadPacket;
                    break;
            }
        }
    }

    private void MarkFuel()
    {
        int function = 0;
        foreach (SlotIndex fuel in _program.FuelSlots)
        {
            while (fuel.Value >= Functions[function].End)
            {
                function++;
            }

            Functions[function].MayTrap = true;
            Functions[function].NeedsInvocation = true;
        }
    }

    /// <summary>What a callee may do its callers may do. Calls have no cycle, so that rounds are at most as many as the calls are deep.</summary>
    private void Propagate()
    {
        bool changed = _calls.Count > 0;
        for (int round = 0; changed && round <= Functions.Length; round++)
        {
            changed = false;
            for (int i = _calls.Count - 1; i >= 0; i--)
            {
                FunctionSummary caller = Functions[_calls[i].Caller];
                FunctionSummary callee = Functions[_calls[i].Callee];
                changed |= (callee.MayTrap && !caller.MayTrap) || (callee.NeedsInvocation && !caller.NeedsInvocation);
                caller.MayTrap |= callee.MayTrap;
                caller.NeedsInvocation |= callee.NeedsInvocation;
            }
        }
    }
}
