using Skep.Isa;
using Skep.Programs;

namespace Skep.Jit.Analysis;

/// <summary>Where control arrives from elsewhere than the slot before, or pays fuel: instructions may only be joined where it does not.</summary>
public sealed class FlowMarks
{
    private const byte Target = 1;
    private const byte LoopHead = 2;
    private const byte Function = 4;
    private const byte Fuel = 8;
    private readonly byte[] _marks;

    private FlowMarks(int length) => _marks = new byte[length + 1];

    public static FlowMarks Of(LoweredProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var flow = new FlowMarks(program.Instructions.Length);
        foreach (SlotIndex start in program.FunctionStarts)
        {
            flow._marks[start.Value] |= Function;
        }

        foreach (SlotIndex fuel in program.FuelSlots)
        {
            flow._marks[fuel.Value] |= Fuel;
        }

        ReadOnlySpan<Instruction> instructions = program.Instructions.AsSpan();
        for (int slot = 0; slot < instructions.Length; slot++)
        {
            if (instructions[slot].Row.IsBranch)
            {
                int target = slot + 1 + instructions[slot].Offset;
                flow._marks[target] |= target <= slot ? (byte)(Target | LoopHead) : Target;
                flow.HasLoops |= target <= slot;
            }
        }

        return flow;
    }

    /// <summary>Some branch goes back.</summary>
    public bool HasLoops { get; private set; }

    /// <summary>A branch goes here, or a function starts here.</summary>
    public bool IsTarget(int slot) => (_marks[slot] & (Target | Function)) != 0;

    /// <summary>Control pays fuel when it arrives here.</summary>
    public bool PaysFuel(int slot) => (_marks[slot] & Fuel) != 0;

    /// <summary>A branch from this slot or a later one goes here.</summary>
    public bool IsLoopHead(int slot) => (_marks[slot] & LoopHead) != 0;

    /// <summary>None of the <paramref name="count"/> slots from <paramref name="slot"/> on is a target or pays fuel.</summary>
    public bool IsStraight(int slot, int count)
    {
        if (slot + count >= _marks.Length)
        {
            return false;
        }

        for (int i = slot; i < slot + count; i++)
        {
            if (_marks[i] != 0)
            {
                return false;
            }
        }

        return true;
    }
}
