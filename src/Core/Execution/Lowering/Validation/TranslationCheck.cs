using System.Collections.Immutable;
using Skep.Execution.Lowering.Optimization;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Validation;

/// <summary>
/// Whether an optimised program does what the one before it does: follows both side by side with values that are not known, from one point where
/// control comes together to the next, and compares effects, branches, and the registers that are still read. Knows nothing of how the program was made; what it cannot
/// prove it refuses.
/// </summary>
/// <remarks>
/// It takes for true: the verifier's facts, which halves of registers an instruction needs (<see cref="Demand"/>), and which bits a result can have
/// (<see cref="KnownValue.PossibleAfter"/>); tests hold the latter two against the semantics.
/// </remarks>
internal sealed partial class TranslationCheck
{
    /// <summary>How many slots are followed for each that there is: each once, but for code that was merged.</summary>
    private const int StepsPerSlot = 8;

    private readonly Terms _terms = new();
    private readonly LoweredProgram _before;
    private readonly LoweredProgram _after;
    private readonly SymbolicRun _then;
    private readonly SymbolicRun _now;
    private readonly ProgramFacts _facts;
    private readonly LiveHalves _live;
    private readonly bool[] _headsBefore;
    private readonly int[] _counterpart;
    private readonly int[] _origins;
    private readonly bool[] _fuelBefore;
    private readonly bool[] _fuelAfter;
    private readonly HashSet<(int Before, int After)> _seen = [];
    private readonly Stack<(int Before, int After)> _open = new();

    // By the slot after at which a function starts: which one it was before.
    private readonly Dictionary<int, int> _functions;
    private long _budget;
    private string? _problem;

    private TranslationCheck(LoweredProgram before, LoweredProgram after, int[] origins)
    {
        _before = before;
        _after = after;
        _facts = before.Verified.Facts;
        _functions = FunctionsOf(before, after, origins);
        _then = new SymbolicRun(before, _terms, Enumerable.Range(0, before.Functions.Length).ToDictionary(index => before.Functions[index].Start.Value), side: 0);
        _now = new SymbolicRun(after, _terms, _functions, side: 1);
        _live = new LiveHalves(after);
        _headsBefore = LiveHalves.Heads(before);
        _counterpart = Counterparts(before, origins);
        _origins = origins;
        _fuelBefore = Marks(before);
        _fuelAfter = Marks(after);
        _budget = StepsPerSlot * ((long)before.Instructions.Length + after.Instructions.Length);
    }

    /// <param name="before">The program that is right.</param>
    /// <param name="origins">By slot of <paramref name="after"/>, never descending: the slot of <paramref name="before"/> that it stems from. A hint only.</param>
    /// <returns>What is wrong, or cannot be seen to be right; null for nothing.</returns>
    public static string? FindProblem(LoweredProgram before, LoweredProgram after, int[] origins)
    {
        if (FindInTables(before, after, origins) is { } problem)
        {
            return problem;
        }

        var check = new TranslationCheck(before, after, origins);
        check.Run();
        return check._problem;
    }

    private static string? FindInTables(LoweredProgram before, LoweredProgram after, int[] origins)
    {
        ImmutableArray<Instruction> code = after.Instructions;
        for (int slot = 0; slot < code.Length; slot++)
        {
            long target = code[slot].Row.IsBranch || code[slot].Operation == Operation.CallLocal ? code[slot].TargetFrom(slot)
                : code[slot].Operation == Operation.LoadFunction ? slot + 1L + code[slot].LowImmediate : 0;
            bool isWide = code[slot].Row.Slots == 2;
            if (target < 0 || target >= code.Length || code[(int)target].Operation == Operation.Continuation
                || isWide != (slot + 1 < code.Length && code[slot + 1].Operation == Operation.Continuation))
            {
                return $"slot {slot}: {code[slot]} leads nowhere, or is not whole";
            }
        }

        if (!before.Helpers.SequenceEqual(after.Helpers) || !before.Maps.SequenceEqual(after.Maps) || after.Functions is not [{ Start.Value: 0 }, ..])
        {
            return "helpers, maps or the entry are others";
        }

        Dictionary<int, int> functions = FunctionsOf(before, after, origins);
        foreach (LoweredFunction function in after.Functions)
        {
            LoweredFunction was = before.Functions[functions[function.Start.Value]];
            if (was.StackBytes != function.StackBytes || was.ClearsStack != function.ClearsStack)
            {
                return $"slot {function.Start}: the function's frame is another";
            }
        }

        return null;
    }

    /// <summary>Which function each is, as the hint says.</summary>
    private static Dictionary<int, int> FunctionsOf(LoweredProgram before, LoweredProgram after, int[] origins)
    {
        var functions = new Dictionary<int, int>();
        int index = 0;
        foreach (LoweredFunction function in after.Functions)
        {
            while (index + 1 < before.Functions.Length && before.Functions[index + 1].Start.Value <= origins[function.Start.Value])
            {
                index++;
            }

            functions[function.Start.Value] = index;
        }

        return functions;
    }

    /// <summary>By slot of the program before: the slot after to which control comes from there without doing anything, as the hint says; -1 for none.</summary>
    private static int[] Counterparts(LoweredProgram before, int[] origins)
    {
        ImmutableArray<Instruction> code = before.Instructions;
        var counterpart = new int[code.Length + 1];
        Array.Fill(counterpart, -1);
        for (int slot = origins.Length - 1; slot >= 0; slot--)
        {
            counterpart[origins[slot]] = slot;
        }

        for (int slot = code.Length - 1; slot >= 0; slot--)
        {
            OpcodeRow row = code[slot].Row;
            if (counterpart[slot] < 0 && !row.EndsFlow && row.Shape != InstructionShape.Continuation)
            {
                counterpart[slot] = counterpart[slot + row.Slots];
            }
        }

        return counterpart;
    }

    private static bool[] Marks(LoweredProgram program)
    {
        var marks = new bool[program.Instructions.Length];
        foreach (SlotIndex slot in program.FuelSlots)
        {
            marks[slot.Value] = true;
        }

        return marks;
    }

    private void Run()
    {
        Meet(0, 0);
        while (_problem is null && _open.TryPop(out (int Before, int After) start))
        {
            FollowFrom(start.Before, start.After);
        }
    }

    private void Fail(string what) => _problem ??= $"slot {_now.Slot} (slot {_then.Slot} before): {what}";

    /// <summary>Control comes together at these two slots; both are followed from there, once.</summary>
    private void Meet(int before, int after)
    {
        if (_seen.Add((before, after)))
        {
            _open.Push((before, after));
        }
    }

    /// <summary>Both sides go to these slots: what is read from there on is the same.</summary>
    private void MeetAlike(int before, int after, RegisterSet registers)
    {
        RegisterHalves live = _live.At(after);
        for (byte register = 0; register < Registers.Count; register++)
        {
            if (registers.Contains(register)
                && ((live.HasLow(register) && !_terms.HasSameHalf(_then[register], _now[register], isUpper: false))
                    || (live.HasUpper(register) && !_terms.HasSameHalf(_then[register], _now[register], isUpper: true))))
            {
                Fail($"r{register} has another value on the way to slot {after}");
                return;
            }
        }

        Meet(before, after);
    }
}
