using System.Collections.Immutable;
using System.Diagnostics;
using Skep.Contracts;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Lowering;

/// <summary>
/// Compares a lowered program with the verified one that it stems from, slot by slot and without the lowerer's help. On in Debug
/// builds and in tests.
/// </summary>
internal sealed class LoweringCheck
{
    private readonly LoweredProgram _lowered;
    private readonly LinkedProgram _linked;
    private readonly Dictionary<int, int> _contextOffsets;
    private readonly List<string> _problems = [];

    private LoweringCheck(LoweredProgram lowered)
    {
        _lowered = lowered;
        _linked = lowered.Verified.Linked;
        _contextOffsets = lowered.Verified.Facts.ContextAccesses.ToDictionary(access => access.Slot.Value, access => access.Offset);
    }

    /// <exception cref="InvalidOperationException">The lowering is wrong.</exception>
    [Conditional("DEBUG")]
    public static void Require(LoweredProgram lowered)
    {
        if (Find(lowered) is [{ } first, ..] problems)
        {
            throw new InvalidOperationException($"Lowering {lowered.Spec.Name} went wrong in {problems.Count} place(s): {first}.");
        }
    }

    /// <summary>What is wrong; empty for a right lowering.</summary>
    public static IReadOnlyList<string> Find(LoweredProgram lowered)
    {
        var check = new LoweringCheck(lowered);
        if (check.CheckSlots())
        {
            check.CheckInstructions();
            check.CheckFunctions();
            check.CheckMaps();
            check.CheckRegisterCalls();
        }

        return check._problems;
    }

    private bool CheckSlots()
    {
        ImmutableArray<bool> reachable = _lowered.Verified.Facts.Reachable;
        int[] expected = [.. reachable.Select((kept, slot) => kept ? slot : -1).Where(slot => slot >= 0)];
        if (_lowered.Instructions.Length != expected.Length || !_lowered.OriginalSlots.SequenceEqual(expected))
        {
            _problems.Add($"{_lowered.Instructions.Length} slots stand for {expected.Length} reachable ones, or for others");
        }

        return _problems.Count == 0;
    }

    private void CheckInstructions()
    {
        for (int slot = 0; slot < _lowered.Instructions.Length; slot++)
        {
            Instruction now = _lowered.Instructions[slot];
            Instruction then = _linked.Instructions[Original(slot)];
            if (now.Operation != Operation.Continuation)
            {
                CheckNext(slot, now);
            }

            CheckInstruction(slot, now, then);
        }
    }

    private void CheckNext(int slot, Instruction now)
    {
        int slots = now.Row.Slots;
        bool falls = !now.Row.EndsFlow;
        int next = slot + slots;
        if ((falls || slots > 1) && (falls ? next : next - 1) is int needed
            && (needed >= _lowered.Instructions.Length || Original(needed) != Original(slot) + (needed - slot)))
        {
            Report(slot, $"control falls to another slot than {Original(slot) + slots}");
        }
    }

    private void CheckInstruction(int slot, Instruction now, Instruction then)
    {
        OpcodeRow row = then.Row;
        if (row.Shape == InstructionShape.LoadWide)
        {
            CheckWide(slot, now, then);
        }
        else if (then.Operation is Operation.CallHelper or Operation.CallNamed)
        {
            CheckCall(slot, now);
        }
        else if (row.IsBranch || then.Operation == Operation.CallLocal)
        {
            Expect(slot, now with { Offset = then.Offset }, then);
            CheckTarget(slot, slot + 1 + now.Offset, Original(slot) + 1 + then.Offset);
        }
        else if (then.Operation == Operation.Continuation)
        {
            long high = slot == 0 ? 0 : _lowered.Instructions[slot - 1].HighImmediate;
            Expect(slot, now, then with { Immediate = high << 32 });
        }
        else if (_contextOffsets.TryGetValue(Original(slot), out int offset))
        {
            CheckContext(slot, now, then, offset);
        }
        else
        {
            Expect(slot, now, then);
        }
    }

    /// <summary>The value that the program means is where the host has it: byte for byte, since a load or store moves one after the other.</summary>
    private void CheckContext(int slot, Instruction now, Instruction then, int offset)
    {
        ContextField? field = _linked.ProgramType.Descriptor.Context.Fields.FirstOrDefault(field => field.Offset <= offset && offset < field.Offset + field.Size);
        int hostSize = field?.HostSize ?? field?.Size ?? 0;
        if (field is null || (field.HostOffset is null && field.HostSize is null))
        {
            Expect(slot, now, then);
            return;
        }

        // Where the access begins in the host's value, and how much of that there is.
        int begin = offset - field.Offset;
        int expected = field.Kind == ContextFieldKind.Scalar ? Math.Min(then.Row.AccessSize, Math.Max(hostSize - begin, 0)) : hostSize;
        bool right = expected == 0
            ? then.Row.IsStore ? now is { Operation: Operation.Jump, Offset: 0 } : now is { Operation: Operation.Move64Immediate, Immediate: 0 } && now.Destination == then.Destination
            : now.Row.AccessSize == expected && now.Row.IsStore == then.Row.IsStore && now.Row.IsLoad == then.Row.IsLoad
                && now with { Operation = then.Operation, Offset = 0 } == then with { Offset = 0 }
                && now.Offset - then.Offset + offset == (field.HostOffset ?? field.Offset) + begin;
        if (!right)
        {
            Report(slot, $"{now} does not reach {field.Name} of the host's context");
        }
    }

    private void CheckWide(int slot, Instruction now, Instruction then)
    {
        int original = Original(slot);
        Reference? reference = _linked.Spec.References.FirstOrDefault(candidate => candidate.Slot.Value == original);
        if (then.Operation == Operation.LoadFunction)
        {
            Expect(slot, now with { Immediate = 0 }, then with { Immediate = 0 });
            CheckTarget(slot, slot + 1 + now.LowImmediate, reference is FunctionReference function ? function.Target.Value : original + 1 + then.LowImmediate);
            return;
        }

        long? expected = _linked.Maps.GetValueOrDefault(original) switch
        {
            { ValueOffset: null } map => (long)map.Map.Handle,
            { Map.Map: IDirectValueMap direct, ValueOffset: { } offset } => direct.Values.Address + offset,
            _ when _linked.Helpers.ContainsKey(original) => 1,
            _ when reference is ExternReference { IsWeak: true } => 0,
            _ when then.Operation == Operation.LoadImmediate64 => then.Immediate,
            _ => null,
        };
        if (expected is null)
        {
            Report(slot, $"{then.Operation} stands for nothing");
        }

        Expect(slot, now, then with { Operation = Operation.LoadImmediate64, Immediate = expected ?? 0 });
    }

    private void CheckCall(int slot, Instruction now)
    {
        HelperBinding? expected = _linked.Helpers.GetValueOrDefault(Original(slot));
        if (now.Operation != Operation.CallHelper || now.Immediate < 0 || now.Immediate >= _lowered.Helpers.Length
            || expected is null || _lowered.Helpers[(int)now.Immediate] != expected)
        {
            Report(slot, $"the call does not reach helper {expected?.Descriptor.Name}");
        }
    }

    private void CheckTarget(int slot, long target, long expected)
    {
        if (target < 0 || target >= _lowered.Instructions.Length || Original((int)target) != expected
            || _lowered.Instructions[(int)target].Operation == Operation.Continuation)
        {
            Report(slot, $"control goes elsewhere than to slot {expected}");
        }
    }

    private void CheckFunctions()
    {
        ProgramFacts facts = _lowered.Verified.Facts;
        int[] expected = [.. facts.Functions.Select(function => function.Start.Value).Where(start => facts.Reachable[start])];
        int[] actual = [.. _lowered.FunctionStarts.Select(start => Original(start.Value))];
        if (!expected.SequenceEqual(actual) || actual is not [0, ..])
        {
            _problems.Add($"functions start at {string.Join(", ", actual)}, not at {string.Join(", ", expected)}");
        }
    }

    private void CheckMaps()
    {
        var kept = _lowered.OriginalSlots.ToHashSet();
        var expected = _linked.Maps.Where(entry => kept.Contains(entry.Key)).Select(entry => entry.Value.Map).ToHashSet();
        if (_lowered.Maps.Length != expected.Count || !expected.SetEquals(_lowered.Maps))
        {
            _problems.Add($"{_lowered.Maps.Length} maps are held for {expected.Count} in use, or others");
        }
    }

    private void CheckRegisterCalls()
    {
        bool has = _lowered.Instructions.Any(instruction => instruction.Operation == Operation.CallRegister);
        bool right = _lowered.HelperIndexByNumber.All(entry =>
            entry.Value >= 0 && entry.Value < _lowered.Helpers.Length && _lowered.Helpers[entry.Value].Descriptor.Number == new HelperNumber(entry.Key));
        if (!right || (!has && _lowered.HelperIndexByNumber.Count > 0))
        {
            _problems.Add("helper numbers lead to other helpers");
        }
    }

    private int Original(int slot) => _lowered.OriginalSlots[slot];

    private void Expect(int slot, Instruction actual, Instruction expected)
    {
        if (actual != expected)
        {
            Report(slot, $"{actual} stands for {expected}");
        }
    }

    private void Report(int slot, string what) => _problems.Add($"slot {slot} (was {Original(slot)}): {what}");
}
