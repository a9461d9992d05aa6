using System.Collections.Immutable;
using System.Diagnostics;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Lowering.Inlining;

/// <summary>
/// Compares a program with the one whose calls were inlined, instruction by instruction and without the inliner's help: all is the same but for calls, in whose
/// place stands what the helper's set says of the map that the call is given. That the code does what the helper does is the set's word, and its tests'.
/// </summary>
internal sealed class InliningCheck
{
    private readonly LoweredProgram _before;
    private readonly LoweredProgram _after;

    // By slot before: the slot after.
    private readonly int[] _slots;
    private readonly List<(int Slot, InlinedCode Code)> _inlined = [];

    private InliningCheck(LoweredProgram before, LoweredProgram after)
    {
        _before = before;
        _after = after;
        _slots = new int[before.Instructions.Length + 1];
    }

    /// <exception cref="InvalidOperationException">The inlining is wrong.</exception>
    [Conditional("DEBUG")]
    public static void Require(LoweredProgram before, LoweredProgram after)
    {
        if (FindProblem(before, after) is { } problem)
        {
            throw new InvalidOperationException($"Inlining in {before.Spec.Name} went wrong: {problem}.");
        }
    }

    /// <returns>What is wrong; null for nothing.</returns>
    public static string? FindProblem(LoweredProgram before, LoweredProgram after)
    {
        var check = new InliningCheck(before, after);
        return check.FindInOrder() ?? check.FindInTargets() ?? check.FindInTables();
    }

    private string? FindInOrder()
    {
        int to = 0;
        for (int slot = 0; slot < _before.Instructions.Length; slot++)
        {
            _slots[slot] = to;
            Instruction then = _before.Instructions[slot];
            if (to >= _after.Instructions.Length)
            {
                return $"slot {slot} has no counterpart";
            }

            bool isSame = _after.Instructions[to] is var now && (now == then || (now.Operation == then.Operation && IsPlaced(then)
                && now with { Offset = 0, Immediate = 0 } == then with { Offset = 0, Immediate = 0 })) && _after.OriginalSlots[to] == _before.OriginalSlots[slot];
            bool isFollower = then.Operation == Operation.Continuation && now.Operation == Operation.Continuation;
            if (isSame || isFollower)
            {
                to++;
                continue;
            }

            if (CodeAt(slot) is not { } code || !IsCode(to, code, slot))
            {
                return $"slot {slot}: {then} became {now}";
            }

            _inlined.Add((to, code));
            to += code.Instructions.Length;
        }

        _slots[^1] = to;
        return to == _after.Instructions.Length ? null : "instructions follow that nothing stands behind";
    }

    private bool IsCode(int at, InlinedCode code, int slot)
        => at + code.Instructions.Length <= _after.Instructions.Length
            && _after.Instructions.AsSpan(at, code.Instructions.Length).SequenceEqual(code.Instructions.AsSpan())
            && InlinedCodeRules.FindProblem(code.Instructions) is null
            && _after.OriginalSlots.AsSpan(at, code.Instructions.Length).IndexOfAnyExcept(_before.OriginalSlots[slot]) < 0;

    private string? FindInTargets()
    {
        for (int slot = 0; slot < _before.Instructions.Length; slot++)
        {
            Instruction then = _before.Instructions[slot];
            Instruction now = _after.Instructions[Math.Min(_slots[slot], _after.Instructions.Length - 1)];
            if (!IsPlaced(then))
            {
                continue;
            }

            long target = then.Operation == Operation.LoadFunction ? slot + 1L + then.LowImmediate : then.TargetFrom(slot);
            long actual = now.Operation == Operation.LoadFunction ? _slots[slot] + 1L + now.LowImmediate : now.TargetFrom(_slots[slot]);
            if (actual != _slots[target])
            {
                return $"slot {slot}: {now} leads elsewhere than {then}";
            }
        }

        return null;
    }

    private string? FindInTables()
    {
        bool same = _before.Maps.SequenceEqual(_after.Maps) && _before.Helpers.SequenceEqual(_after.Helpers)
            && _before.FuelSlots.Select(slot => _slots[slot.Value]).SequenceEqual(_after.FuelSlots.Select(slot => slot.Value))
            && _before.Functions.Select(function => _slots[function.Start.Value]).SequenceEqual(_after.Functions.Select(function => function.Start.Value))
            && _before.Functions.Zip(_after.Functions).All(pair => pair.First.StackBytes == pair.Second.StackBytes && pair.First.ClearsStack == pair.Second.ClearsStack);
        return same ? null : "maps, helpers, functions or where fuel is paid are others";
    }

    /// <summary>What may stand in the place of a call.</summary>
    private InlinedCode? CodeAt(int slot)
    {
        if (_before.Instructions[slot].Operation != Operation.CallHelper)
        {
            return null;
        }

        HelperBinding helper = _before.Helpers[(int)_before.Instructions[slot].Immediate];
        ImmutableArray<HelperArgument> arguments = helper.Descriptor.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Kind == HelperArgumentKind.ConstMap)
            {
                return MapIn((byte)(i + 1), slot) is { } map ? helper.Inliner?.Inline(helper.Descriptor, map.Map) : null;
            }
        }

        return helper.Inliner?.Inline(helper.Descriptor, null);
    }

    /// <summary>The map in a register before a slot: back to what wrote it, and no branch may lead in between unless the function writes the register only there.</summary>
    private LoadedMap? MapIn(byte register, int slot)
    {
        for (int at = slot - 1; at >= 0; at--)
        {
            Instruction instruction = _before.Instructions[at];
            if (instruction.Writes.Contains(register))
            {
                return instruction.Operation switch
                {
                    Operation.LoadImmediate64 when IsLine(at, slot) || IsOnlyWrite(register, at) => _before.Maps.FirstOrDefault(map => (long)map.Handle == instruction.Immediate),
                    Operation.Move64Register when IsLine(at, slot) => MapIn(instruction.Source, at),
                    _ => null,
                };
            }
        }

        return null;
    }

    /// <summary>Control comes to the slots behind one, up to another, only from the one.</summary>
    private bool IsLine(int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (_before.Instructions[i].Row.EndsFlow)
            {
                return false;
            }
        }

        return !_before.Functions.Any(function => function.Start.Value > from && function.Start.Value <= to)
            && !_before.Instructions.Where((instruction, slot) => instruction.Row.IsBranch && instruction.TargetFrom(slot) > from && instruction.TargetFrom(slot) <= to).Any();
    }

    private bool IsOnlyWrite(byte register, int at)
    {
        LoweredFunction function = _before.Functions.Last(function => function.Start.Value <= at);
        return register is >= (byte)Register.R6 and <= (byte)Register.R9
            && _before.Instructions.Skip(function.Start.Value).Take(function.Length).Count(instruction => instruction.Writes.Contains(register)) == 1;
    }

    private static bool IsPlaced(Instruction instruction)
        => instruction.Row.IsBranch || instruction.Operation is Operation.CallLocal or Operation.LoadFunction;
}
