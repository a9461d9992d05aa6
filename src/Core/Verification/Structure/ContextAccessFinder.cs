using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Lowering;
using Skep.Flow;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Verification.Structure;

/// <summary>
/// Finds the accesses of the context where only the structure is proved: those whose base register holds the context's address and a constant on
/// every path, through moves, constant additions, the stack and calls of functions. A guess would do no harm, since the engine then checks every access; what is
/// missed reads as it lies in the host's struct.
/// </summary>
/// <remarks>
/// A forward walk over the blocks until nothing changes. What a register holds only ever goes from nothing to a known address and from there to
/// anything, so that each block is looked at again at most twice for each register and slot of its function's frame.
/// </remarks>
internal sealed class ContextAccessFinder
{
    private const int SlotBytes = 8;

    private readonly StructureInput _input;
    private readonly ControlFlowGraph _flow;
    private readonly ContextLayout _layout;
    private readonly Held[]?[] _atStart;
    private readonly Held[][] _stacks;
    private readonly Dictionary<int, int> _functionAt;
    private readonly Queue<int> _work = new();
    private readonly bool[] _isQueued;

    private ContextAccessFinder(StructureInput input, ControlFlowGraph flow)
    {
        _input = input;
        _flow = flow;
        _layout = input.Program.ProgramType.Descriptor.Context;
        _atStart = new Held[flow.Blocks.Length][];
        _isQueued = new bool[flow.Blocks.Length];
        _stacks = [.. flow.Functions.Select(_ => new Held[input.Limits.MaxFrameBytes / SlotBytes])];
        _functionAt = flow.Functions.Select((range, index) => (range.Start.Value, index)).ToDictionary();
    }

    /// <summary>In the order of the slots; empty for layouts that programs see as they are.</summary>
    internal static ImmutableArray<ContextAccess> Find(StructureInput input, ControlFlowGraph flow)
        => ContextConversion.Concerns(input.Program.ProgramType.Descriptor.Context) ? new ContextAccessFinder(input, flow).Find() : [];

    private ImmutableArray<ContextAccess> Find()
    {
        var entry = new Held[Registers.Count];
        Array.Fill(entry, Held.Anything);
        entry[1] = new Held(HeldKind.Context, 0);
        entry[10] = new Held(HeldKind.Frame, 0);
        Arrive(_flow.Entry(new FunctionIndex(0)).Value, entry);
        while (_work.TryDequeue(out int block))
        {
            _isQueued[block] = false;
            Held[] registers = Walk(block, null);
            foreach (BlockIndex next in _flow.Successors(new BlockIndex(block)))
            {
                Arrive(next.Value, registers);
            }
        }

        var found = ImmutableArray.CreateBuilder<ContextAccess>();
        for (int block = 0; block < _atStart.Length; block++)
        {
            if (_atStart[block] is not null)
            {
                Walk(block, found);
            }
        }

        return found.ToImmutable();
    }

    /// <param name="found">Takes the accesses; null while the walk goes on.</param>
    /// <returns>What the registers hold at the block's end.</returns>
    private Held[] Walk(int index, ImmutableArray<ContextAccess>.Builder? found)
    {
        BasicBlock block = _flow.Blocks[index];
        var registers = (Held[])_atStart[index]!.Clone();
        for (int slot = block.Start.Value; slot < block.End.Value; slot++)
        {
            Instruction instruction = _input.Instructions[slot];
            Held address = registers[instruction.Row.IsStore ? instruction.Destination : instruction.Source];
            if (found is not null && instruction.Row.Shape is InstructionShape.Load or InstructionShape.StoreImmediate or InstructionShape.StoreRegister
                && address.Kind == HeldKind.Context && IsConvertible(instruction, address.Offset + instruction.Offset))
            {
                found.Add(new ContextAccess(new SlotIndex(slot), address.Offset + instruction.Offset));
            }

            Step(registers, instruction, slot, block.Function.Value, index);
        }

        return registers;
    }

    /// <summary>Within one field; a pointer whole and only loaded.</summary>
    private bool IsConvertible(Instruction access, int offset)
        => ContextConversion.FieldAt(_layout, offset) is { } field && offset + access.Row.AccessSize <= field.Offset + field.Size
            && (field.Kind == ContextFieldKind.Scalar || (offset == field.Offset && access.Row.AccessSize == field.Size && access.Row.Shape == InstructionShape.Load && !access.Row.SignExtends));

    private void Step(Held[] r, Instruction instruction, int slot, int function, int block)
    {
        if (instruction.Operation == Operation.CallLocal)
        {
            EnterFunction(r, (int)instruction.TargetFrom(slot));
        }

        Held result = Result(r, instruction, function);
        if (instruction.Operation == Operation.StoreRegister64 && r[instruction.Destination].Kind == HeldKind.Frame)
        {
            Spill(r[instruction.Source], r[instruction.Destination].Offset + instruction.Offset, function);
        }

        RegisterSet written = instruction.Writes;
        for (byte register = 0; register < r.Length; register++)
        {
            r[register] = written.Contains(register) ? Held.Anything : r[register];
        }

        if (instruction.Row.WritesDestination)
        {
            r[instruction.Destination] = result;
        }
    }

    private Held Result(Held[] r, Instruction instruction, int function)
    {
        Held left = r[instruction.Destination];
        return instruction.Operation switch
        {
            Operation.Move64Register => r[instruction.Source],
            Operation.Add64Immediate => left.Add(instruction.Immediate),
            Operation.Subtract64Immediate => left.Add(-instruction.Immediate),
            Operation.Load64 when r[instruction.Source].Kind == HeldKind.Frame => Fill(r[instruction.Source].Offset + instruction.Offset, function),
            _ => Held.Anything,
        };
    }

    private void EnterFunction(Held[] r, int start)
    {
        if (_functionAt.TryGetValue(start, out int function))
        {
            var entry = new Held[Registers.Count];
            Array.Fill(entry, Held.Anything);
            for (int i = 1; i <= 5; i++)
            {
                // The caller's frame is not the callee's.
                entry[i] = r[i].Kind == HeldKind.Frame ? Held.Anything : r[i];
            }

            entry[10] = new Held(HeldKind.Frame, 0);
            Arrive(_flow.Entry(new FunctionIndex(function)).Value, entry);
        }
    }

    private Held Fill(int offset, int function)
        => -offset is > 0 and int depth && depth % SlotBytes == 0 && depth / SlotBytes <= _stacks[function].Length ? _stacks[function][(depth / SlotBytes) - 1] : Held.Anything;

    private void Spill(Held value, int offset, int function)
    {
        if (Fill(offset, function) is var before && before.Join(value) is var joined && joined != before && -offset % SlotBytes == 0)
        {
            _stacks[function][(-offset / SlotBytes) - 1] = joined;
            for (int block = _flow.Entry(new FunctionIndex(function)).Value; block < _atStart.Length && _flow.Blocks[block].Function.Value == function; block++)
            {
                if (_atStart[block] is not null)
                {
                    Enqueue(block);
                }
            }
        }
    }

    private void Arrive(int block, Held[] registers)
    {
        if (_atStart[block] is not { } known)
        {
            _atStart[block] = (Held[])registers.Clone();
            Enqueue(block);
            return;
        }

        bool changed = false;
        for (int i = 0; i < known.Length; i++)
        {
            Held joined = known[i].Join(registers[i]);
            changed |= joined != known[i];
            known[i] = joined;
        }

        if (changed)
        {
            Enqueue(block);
        }
    }

    private void Enqueue(int block)
    {
        if (!_isQueued[block])
        {
            _isQueued[block] = true;
            _work.Enqueue(block);
        }
    }

    private enum HeldKind : byte
    {
        /// <summary>No path has put anything there.</summary>
        Nothing,
        Context,
        Frame,
        Anything,
    }

    private readonly record struct Held(HeldKind Kind, int Offset)
    {
        public static readonly Held Anything = new(HeldKind.Anything, 0);

        public Held Add(long bytes) => Kind is not (HeldKind.Context or HeldKind.Frame) ? this
            : Offset + bytes is >= short.MinValue and <= short.MaxValue and long sum ? new Held(Kind, (int)sum)
            : Anything;

        public Held Join(Held other) => Kind == HeldKind.Nothing || this == other ? other : other.Kind == HeldKind.Nothing ? this : Anything;
    }
}
