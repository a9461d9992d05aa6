using Skep.Execution.Semantics;
using Skep.Isa;

namespace Skep.Execution.Lowering.Optimization;

/// <summary>
/// Goes down each line of steps that control enters only at its top, and reads copies from where they came, addresses from their base, and
/// the frame's words from the registers that were stored there; known results become constants, and what changes nothing goes.
/// </summary>
internal sealed partial class ValuePropagation
{
    private readonly Draft _draft;
    private readonly bool[] _joins;
    private readonly RegisterValues _values = new();
    private bool _hasDecided;

    private ValuePropagation(Draft draft)
    {
        _draft = draft;
        _joins = draft.Joins();
    }

    /// <returns>Whether branches went one way and so are none any more.</returns>
    public static bool Run(Draft draft)
    {
        var propagation = new ValuePropagation(draft);
        propagation.Walk();
        return propagation._hasDecided;
    }

    private void Walk()
    {
        Span<Step> steps = _draft.Steps;
        _values.Forget();
        for (int i = 0; i < steps.Length; i++)
        {
            if (_joins[i])
            {
                _values.Forget();
            }

            if (!steps[i].IsGone)
            {
                Visit(ref steps[i], i);
            }
        }
    }

    private void Visit(ref Step step, int index)
    {
        OpcodeRow row = step.Instruction.Row;
        ReadFromHomes(ref step, row);
        switch (row.Shape)
        {
            case InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned:
                Calculate(ref step, index, row);
                break;
            case InstructionShape.LoadWide:
                _values.Set(step.Instruction.Destination, step.Instruction.Operation == Operation.LoadImmediate64 ? KnownValue.Of((ulong)step.Instruction.Immediate) : KnownValue.Unknown());
                break;
            case InstructionShape.Load:
                Load(ref step, index, row);
                break;
            case InstructionShape.StoreImmediate or InstructionShape.StoreRegister:
                Store(ref step, row);
                break;
            case InstructionShape.JumpImmediate or InstructionShape.JumpRegister:
                Branch(ref step, index, row);
                break;
            default:
                Clobber(step.Instruction, row);
                break;
        }
    }

    /// <summary>Operands that are only read are read from the register that had the value first, and addresses from the base with its offset.</summary>
    private void ReadFromHomes(ref Step step, OpcodeRow row)
    {
        Instruction instruction = step.Instruction;
        if (row.UsesSourceRegister && !row.WritesSource)
        {
            instruction = instruction with { Source = _values.HomeOf(instruction.Source) };
        }

        if (row.ReadsDestination && !row.WritesDestination)
        {
            instruction = instruction with { Destination = _values.HomeOf(instruction.Destination) };
        }

        step.Instruction = row.Shape switch
        {
            InstructionShape.Load or InstructionShape.LoadAcquire when FindBase(instruction.Source, instruction.Offset, out byte register, out int offset)
                => instruction with { Source = register, Offset = offset },
            InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease or InstructionShape.AtomicUpdate
                when FindBase(instruction.Destination, instruction.Offset, out byte register, out int offset)
                => instruction with { Destination = register, Offset = offset },
            _ => instruction,
        };
    }

    private bool FindBase(byte address, int displacement, out byte register, out int offset)
    {
        (int place, long distance) = _values.PlaceOf(address);
        distance += displacement;
        register = _values.Value(place).Home;
        offset = (int)Math.Clamp(distance, int.MinValue, int.MaxValue);
        return place != _values[address] && _values[register] == place && distance is >= short.MinValue and <= short.MaxValue;
    }

    private void Load(ref Step step, int index, OpcodeRow row)
    {
        Instruction load = step.Instruction;
        KnownValue loaded = KnownValue.Unknown(row.SignExtends ? ulong.MaxValue : KnownValue.OfSize(row.AccessSize));
        (int place, long offset) = _values.PlaceOf(load.Source);
        int stored = _values.IsFrame(place) && !row.SignExtends ? _values.FindInFrame(offset + load.Offset, row.AccessSize) : -1;
        if (stored < 0)
        {
            _values.Set(load.Destination, loaded);
            return;
        }

        KnownValue value = _values.Value(stored);
        if (value.IsConstant)
        {
            SetConstant(ref step, index, value.Constant & loaded.Possible);
        }
        else if ((value.Possible & ~loaded.Possible) != 0)
        {
            _values.Set(load.Destination, loaded);
        }
        else if (_values.IsHeld(stored))
        {
            step.Instruction = Forms.Copy(load.Destination, value.Home);
            Copy(ref step, index, stored);
        }
        else
        {
            _values.Set(load.Destination, stored);
        }
    }

    private void Store(ref Step step, OpcodeRow row)
    {
        if (row.Shape == InstructionShape.StoreRegister && _values.ValueIn(step.Instruction.Source) is { IsConstant: true } constant
            && Forms.TryWithImmediate(step.Instruction, constant.Constant, out Instruction immediate))
        {
            step.Instruction = immediate;
            row = immediate.Row;
        }

        (int place, long offset) = _values.PlaceOf(step.Instruction.Destination);
        if (!_values.IsFrame(place))
        {
            _values.ForgetFrame();
            return;
        }

        int stored = row.Shape == InstructionShape.StoreRegister ? _values[step.Instruction.Source] : _values.Add((ulong)step.Instruction.Immediate);
        _values.StoreToFrame(offset + step.Instruction.Offset, row.AccessSize, stored);
    }

    private void Branch(ref Step step, int index, OpcodeRow row)
    {
        KnownValue left = _values.ValueIn(step.Instruction.Destination);
        bool hasRegister = row.Shape == InstructionShape.JumpRegister;
        KnownValue right = hasRegister ? _values.ValueIn(step.Instruction.Source) : KnownValue.Of((ulong)step.Instruction.Immediate);
        if (left.IsConstant && right.IsConstant)
        {
            _hasDecided = true;
            if (ConstantEvaluator.IsTaken(row, left.Constant, right.Constant))
            {
                step.Instruction = new Instruction(Operation.Jump, 0, 0, 0, 0);
            }
            else
            {
                _draft.Remove(index);
            }
        }
        else if (hasRegister && right.IsConstant && Forms.TryWithImmediate(step.Instruction, right.Constant, out Instruction immediate))
        {
            step.Instruction = immediate;
        }
    }

    /// <summary>What writes registers or memory in ways that are not followed.</summary>
    private void Clobber(Instruction instruction, OpcodeRow row)
    {
        RegisterSet written = instruction.Writes;
        for (byte register = 0; register < Registers.Count; register++)
        {
            if (written.Contains(register))
            {
                bool isNarrow = row.IsAtomic && row.OperandBits < 64;
                _values.Set(register, KnownValue.Unknown(isNarrow ? KnownValue.OfSize(row.AccessSize) : ulong.MaxValue));
            }
        }

        if (row.IsCall || row.IsStore)
        {
            _values.ForgetFrame();
        }
    }
}
