using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>
/// Bytes that are loaded one by one and put together, in either order, become one wide load of exactly these bytes, with a byte swap for network
/// order. There is no store and no call between the loads, and control enters only above them.
/// </summary>
internal sealed class ByteLoads
{
    /// <summary>How far a load is sought back from where its value is complete.</summary>
    private const int MostSteps = 64;

    private readonly Draft _draft;
    private readonly bool[] _joins;
    private readonly Held[] _registers = new Held[Registers.Count];
    private readonly List<(int After, Instruction Instruction)> _added = [];
    private Liveness? _liveness;
    private int _values;
    private int _epoch;

    private ByteLoads(Draft draft)
    {
        _draft = draft;
        _joins = draft.Joins();
    }

    public static void Run(Draft draft)
    {
        if (HasAny(draft.Steps))
        {
            new ByteLoads(draft).Walk();
        }
    }

    private static bool HasAny(ReadOnlySpan<Step> steps)
    {
        foreach (ref readonly Step step in steps)
        {
            if (!step.IsGone && step.Instruction.Operation is Operation.Load8 or Operation.Load16 or Operation.Load32)
            {
                return true;
            }
        }

        return false;
    }

    private void Walk()
    {
        Forget();
        for (int i = 0; i < _draft.Count; i++)
        {
            if (_joins[i])
            {
                Forget();
            }

            if (!_draft.Steps[i].IsGone)
            {
                Visit(i);
            }
        }

        _draft.Insert([.. _added.OrderBy(added => added.After)]);
    }

    private void Forget()
    {
        _epoch++;
        for (int register = 0; register < _registers.Length; register++)
        {
            _registers[register] = new Held { Base = _values++ };
        }
    }

    private void Visit(int index)
    {
        Instruction instruction = _draft.Steps[index].Instruction;
        OpcodeRow row = instruction.Row;
        ref Held destination = ref _registers[instruction.Destination];
        Held source = _registers[instruction.Source];
        switch (row.Shape)
        {
            case InstructionShape.Load when !row.SignExtends:
                destination = new Held { Base = _values++, Bytes = LoadedBytes.Of(source.Base, source.Offset + instruction.Offset, row.AccessSize, _epoch, index) };
                break;
            case InstructionShape.AluRegister when row.Alu == AluOperator.Move:
                destination = row.Is64Bit ? source : new Held { Base = _values++, Bytes = source.Bytes.LowHalf() };
                break;
            case InstructionShape.AluRegister when row.Alu is AluOperator.Or or AluOperator.Add or AluOperator.ExclusiveOr:
                LoadedBytes both = LoadedBytes.Combine(destination.Bytes, source.Bytes);
                both = row.Is64Bit ? both : both.LowHalf();
                if (both.IsKnown)
                {
                    both = Join(index, both);
                }

                _registers[instruction.Destination] = new Held { Base = _values++, Bytes = both };
                break;
            case InstructionShape.AluImmediate when row.Operation == Operation.Add64Immediate:
                destination = destination with { Offset = destination.Offset + instruction.Immediate, Bytes = default };
                break;
            case InstructionShape.AluImmediate or InstructionShape.AluUnary:
                destination = new Held { Base = _values++, Bytes = destination.Bytes.IsKnown ? destination.Bytes.After(row, instruction.Immediate) : default };
                break;
            default:
                Clobber(instruction, row);
                break;
        }
    }

    private void Clobber(Instruction instruction, OpcodeRow row)
    {
        RegisterSet written = instruction.Writes;
        for (byte register = 0; register < Registers.Count; register++)
        {
            if (written.Contains(register))
            {
                _registers[register] = new Held { Base = _values++ };
            }
        }

        _epoch += row.IsCall || row.IsStore || row.IsAtomic ? 1 : 0;
    }

    /// <summary>Loads at once what an operation would complete, if one load does it.</summary>
    private LoadedBytes Join(int index, LoadedBytes bytes)
    {
        if (!bytes.IsOneLoad(out int size, out int first, out bool isSwapped))
        {
            return bytes;
        }

        ref Step step = ref _draft.Steps[index];
        byte destination = step.Instruction.Destination;
        for (byte register = 0; register < Registers.Count; register++)
        {
            long offset = first - _registers[register].Offset;
            if (_epoch == bytes.Epoch && _registers[register].Base == bytes.Base && offset is >= short.MinValue and <= short.MaxValue)
            {
                step.Instruction = Load(size, destination, register, (int)offset);
                Swap(isSwapped, size, destination, index);
                bytes.Last = index;
                bytes.LastPlace = LoadedBytes.Zero;
                return bytes;
            }
        }

        JoinAtLast(index, bytes, size, first, isSwapped);
        bytes.LastPlace = LoadedBytes.Zero;
        return bytes;
    }

    /// <summary>
    /// The base is gone, mostly because the last of the loads overwrote it, or memory was written since: so the wide load takes the last load's place, when nothing
    /// but this value's own making looks at the loaded register from there on.
    /// </summary>
    private void JoinAtLast(int index, in LoadedBytes bytes, int size, int first, bool isSwapped)
    {
        Span<Step> steps = _draft.Steps;
        ref Step last = ref steps[bytes.Last];
        ref Step step = ref steps[index];
        byte register = last.Instruction.Destination;
        bool isDestination = step.Instruction.Destination == register;
        _liveness ??= Liveness.Of(_draft);
        if (_liveness is null || bytes.LastPlace == LoadedBytes.Zero || step.Instruction.Destination == step.Instruction.Source
            || (!isDestination && (step.Instruction.Source != register || _liveness.After[index].HasAny(register)))
            || !IsOnlyShifted(bytes.Last, index, register))
        {
            return;
        }

        int offset = last.Instruction.Offset + first - bytes.LastPlace;
        if (offset is < short.MinValue or > short.MaxValue)
        {
            return;
        }

        for (int i = bytes.Last + 1; i < index; i++)
        {
            if (!steps[i].IsGone && steps[i].Instruction.Destination == register && steps[i].Instruction.Row.WritesDestination)
            {
                _draft.Remove(i);
            }
        }

        last.Instruction = Load(size, register, last.Instruction.Source, offset);
        Swap(isSwapped, size, register, bytes.Last);
        if (isDestination)
        {
            _draft.Remove(index);
        }
        else
        {
            step.Instruction = Forms.Copy(step.Instruction.Destination, register);
        }
    }

    /// <summary>Between two steps a register is only changed in place, and control stays on the line.</summary>
    private bool IsOnlyShifted(int from, int to, byte register)
    {
        if (to - from > MostSteps)
        {
            return false;
        }

        for (int i = from + 1; i < to; i++)
        {
            ref Step step = ref _draft.Steps[i];
            OpcodeRow row = step.Instruction.Row;
            if (step.IsGone)
            {
                continue;
            }

            bool isOwn = step.Instruction.Destination == register
                && ((row.Shape is InstructionShape.AluImmediate or InstructionShape.AluUnary && row.ReadsDestination) || step.Instruction == Forms.ZeroExtend(register, register));
            if (row.IsBranch || row.IsExit || row.IsCall || (!isOwn && (step.Instruction.Reads | step.Instruction.Writes).Contains(register)))
            {
                return false;
            }
        }

        return true;
    }

    private void Swap(bool isSwapped, int size, byte register, int after)
    {
        if (isSwapped)
        {
            Operation swap = size switch { 2 => Operation.ToBigEndian16, 4 => Operation.ToBigEndian32, _ => Operation.ToBigEndian64 };
            _added.Add((after, new Instruction(swap, register, 0, 0, 0)));
        }
    }

    private static Instruction Load(int size, byte to, byte from, int offset)
        => new(size switch { 2 => Operation.Load16, 4 => Operation.Load32, _ => Operation.Load64 }, to, from, offset, 0);

    private struct Held
    {
        public int Base;
        public long Offset;
        public LoadedBytes Bytes;
    }
}
