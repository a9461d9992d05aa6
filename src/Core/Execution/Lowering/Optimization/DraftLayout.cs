using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>Gives the steps of a draft their slots.</summary>
internal readonly ref struct DraftLayout
{
    private readonly LoweredProgram _from;
    private readonly ReadOnlySpan<Step> _steps;
    private readonly int[] _functions;
    private readonly int[] _slots;
    private readonly int _length;

    public DraftLayout(LoweredProgram from, ReadOnlySpan<Step> steps, int[] functions)
    {
        _from = from;
        _steps = steps;
        _functions = functions;
        _slots = new int[steps.Length + 1];
        int slot = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            _slots[i] = slot;
            slot += steps[i].IsGone ? 0 : steps[i].Instruction.Row.Slots;
        }

        _slots[steps.Length] = slot;
        _length = slot;
    }

    public LoweredProgram ToProgram(out int[] origins)
    {
        var code = new Instruction[_length];
        var originals = new int[_length];
        origins = new int[_length];
        ImmutableArray<SlotIndex>.Builder fuel = ImmutableArray.CreateBuilder<SlotIndex>();
        for (int i = 0; i < _steps.Length; i++)
        {
            if (_steps[i].IsGone)
            {
                continue;
            }

            int slot = _slots[i];
            int original = _from.OriginalSlots[_steps[i].Slot];
            Instruction instruction = code[slot] = Place(i);
            originals[slot] = original;
            origins[slot] = _steps[i].Slot;
            if (instruction.Row.Slots == 2)
            {
                code[slot + 1] = Lowerer.InContinuation(instruction);
                originals[slot + 1] = _from.Instructions[_steps[i].Slot].Row.Slots == 2 ? original + 1 : original;
                origins[slot + 1] = _steps[i].Slot;
            }

            if (_steps[i].CostsFuel)
            {
                fuel.Add(new SlotIndex(slot));
            }
        }

        return new LoweredProgram(_from.Verified)
        {
            Instructions = ImmutableCollectionsMarshal.AsImmutableArray(code),
            OriginalSlots = ImmutableCollectionsMarshal.AsImmutableArray(originals),
            Functions = Functions(),
            FuelSlots = fuel.DrainToImmutable(),
            Helpers = _from.Helpers,
            Maps = _from.Maps,
        };
    }

    private Instruction Place(int step)
    {
        Instruction instruction = _steps[step].Instruction;
        if (_steps[step].Target < 0)
        {
            return instruction;
        }

        int distance = _slots[_steps[step].Target] - _slots[step] - 1;
        return instruction.Operation == Operation.LoadFunction ? instruction with { Immediate = (uint)distance } : instruction with { Offset = distance };
    }

    private ImmutableArray<LoweredFunction> Functions()
    {
        ImmutableArray<LoweredFunction>.Builder functions = ImmutableArray.CreateBuilder<LoweredFunction>(_functions.Length);
        for (int i = 0; i < _functions.Length; i++)
        {
            if (_functions[i] < 0)
            {
                continue;
            }

            int next = i + 1;
            while (next < _functions.Length && _functions[next] < 0)
            {
                next++;
            }

            int start = _slots[_functions[i]];
            int end = next < _functions.Length ? _slots[_functions[next]] : _length;
            functions.Add(_from.Functions[i] with { Start = new SlotIndex(start), Length = end - start });
        }

        return functions.DrainToImmutable();
    }
}
