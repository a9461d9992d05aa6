using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Moves and arithmetic: numbers by their abstract values, pointers by their offsets.</summary>
internal sealed class ArithmeticTransfer(WalkContext context)
{
    /// <returns>False when the walk ends.</returns>
    public bool Apply(in Instruction instruction, OpcodeRow row)
    {
        if (row.Shape == InstructionShape.AluImmediate && row.Alu is AluOperator.And or AluOperator.Or && !SplitMask(instruction, row))
        {
            return false;
        }

        ref RegisterState destination = ref context.Register(instruction.Destination);
        if (row.Alu == AluOperator.Move)
        {
            Move(ref destination, instruction, row);
        }
        else if (row.Shape == InstructionShape.MoveSigned)
        {
            MoveSigned(ref destination, ref context.Register(instruction.Source), row);
        }
        else if (row.Shape == InstructionShape.AluUnary)
        {
            ApplyUnary(ref destination, row);
        }
        else
        {
            Calculate(ref destination, instruction, row);
        }

        return true;
    }

    /// <summary>
    /// A number that is 0 or all ones is a mask that a comparison left (<c>r s>>= 63</c>); what it lets through is two values that no range holds apart, so
    /// each is walked on its own.
    /// </summary>
    private bool SplitMask(in Instruction instruction, OpcodeRow row)
    {
        RegisterState mask = context.Register(instruction.Destination);
        bool isMask = row.Is64Bit
            ? mask.Number is { SignedMin: -1, SignedMax: 0 }
            : mask.Number is { SignedMin32: -1, SignedMax32: 0 };
        if (!mask.IsScalar || !isMask)
        {
            return true;
        }

        if (context.PutOff(context.Slot, context.Path) is not { } zero)
        {
            return false;
        }

        ulong ones = row.Is64Bit ? ulong.MaxValue : uint.MaxValue;
        zero.Current.Registers[instruction.Destination].SetScalar(Masked(mask.Number, row.Is64Bit, 0), context.Provenance.Add(mask.Node));
        context.Register(instruction.Destination).SetScalar(Masked(mask.Number, row.Is64Bit, ones), context.Provenance.Add(mask.Node));
        return true;
    }

    /// <summary>The number with the low half, or all of it, known. A 32-bit operation looks at no more.</summary>
    private static Scalar Masked(in Scalar number, bool is64, ulong value)
    {
        if (is64)
        {
            return Scalar.Constant(value);
        }

        Scalar low = number;
        Scalar wanted = Scalar.Constant(value);
        return ScalarBranch.Refine(JumpCondition.Equal, is64: false, taken: true, ref low, ref wanted) ? low : number;
    }

    private void Move(ref RegisterState destination, in Instruction instruction, OpcodeRow row)
    {
        if (!row.UsesSourceRegister)
        {
            ulong value = row.Is64Bit ? (ulong)instruction.Immediate : (uint)instruction.Immediate;
            destination.SetScalar(Scalar.Constant(value), context.Provenance.Add());
            return;
        }

        ref RegisterState source = ref context.Register(instruction.Source);
        if (row.Is64Bit)
        {
            Link(ref source);
            destination = source;
        }
        else if (source.IsPointer)
        {
            destination.SetScalar(Scalar.OfLoad(32, signed: false), context.Provenance.Add());
        }
        else if (source.Number.UnsignedMax <= uint.MaxValue)
        {
            Link(ref source);
            destination = source;
        }
        else
        {
            destination.SetScalar(Scalar.ZeroExtended(source.Number, 32), context.Provenance.Add(source.Node));
        }
    }

    private void MoveSigned(ref RegisterState destination, ref RegisterState source, OpcodeRow row)
    {
        if (source.IsPointer)
        {
            destination.SetScalar(row.Is64Bit ? Scalar.Unknown : Scalar.OfLoad(32, signed: false), context.Provenance.Add());
            return;
        }

        if (source.Number.UnsignedMax < 1UL << (row.OperandBits - 1))
        {
            Link(ref source);
            destination = source;
            return;
        }

        Scalar number = source.Number;
        ScalarAlu.Apply(row, ref number, source.Number);
        destination.SetScalar(number, context.Provenance.Add(source.Node));
    }

    /// <summary>From now on copies of the number are known to be equal to it.</summary>
    private void Link(ref RegisterState source)
    {
        if (source.Kind == ValueKind.Scalar && source.Id == 0 && !source.Number.IsConstant)
        {
            source.Id = context.NewId();
        }
    }

    private void ApplyUnary(ref RegisterState destination, OpcodeRow row)
    {
        if (destination.IsPointer)
        {
            destination.SetScalar(row.OperandBits == 64 ? Scalar.Unknown : Scalar.OfLoad(row.OperandBits, signed: false), context.Provenance.Add());
            return;
        }

        Scalar number = destination.Number;
        ScalarAlu.Apply(row, ref number, destination.Number);
        destination.SetScalar(number, context.Provenance.Add(destination.Node));
    }

    private void Calculate(ref RegisterState destination, in Instruction instruction, OpcodeRow row)
    {
        RegisterState operand = default;
        if (row.UsesSourceRegister)
        {
            operand = context.Register(instruction.Source);
            context.Facts.Constant(context.Slot, operand);
        }
        else
        {
            operand.Kind = ValueKind.Scalar;
            operand.Number = Scalar.Constant((ulong)instruction.Immediate);
        }

        if (!destination.IsPointer && !operand.IsPointer)
        {
            CalculateNumbers(ref destination, operand, row, isSameRegister: row.UsesSourceRegister && instruction.Source == instruction.Destination);
        }
        else if (destination.IsPointer && operand.IsPointer)
        {
            SubtractPointers(ref destination, operand, row);
        }
        else if (!row.Is64Bit)
        {
            destination.SetScalar(Scalar.OfLoad(32, signed: false), context.Provenance.Add());
        }
        else if (destination.IsPointer)
        {
            context.MarkPrecise(operand);
            MovePointer(ref destination, operand.Number, row.Alu == AluOperator.Add);
        }
        else
        {
            context.MarkPrecise(destination);
            Scalar number = destination.Number;
            destination = operand;
            MovePointer(ref destination, number, isAddition: true);
        }
    }

    private void CalculateNumbers(ref RegisterState destination, in RegisterState operand, OpcodeRow row, bool isSameRegister)
    {
        // One step from the number that it is linked to, and no more: a counter would never be the same from round to round.
        int id = destination.Id;
        long step = (long)operand.Number.ConstantValue;
        bool keepsLink = row.Is64Bit && id != 0 && destination.Delta == 0 && operand.Number.IsConstant && row.Alu is AluOperator.Add or AluOperator.Subtract
            && step is > int.MinValue and <= int.MaxValue;
        Scalar number = destination.Number;
        if (isSameRegister && row.Alu is AluOperator.Subtract or AluOperator.ExclusiveOr)
        {
            number = Scalar.Constant(0);
        }
        else
        {
            ScalarAlu.Apply(row, ref number, operand.Number);
        }

        destination.SetScalar(number, context.Provenance.Add(destination.Node, operand.Node));
        if (keepsLink && !number.IsConstant)
        {
            destination.Id = id;
            destination.Delta = (int)(row.Alu == AluOperator.Add ? step : -step);
        }
    }

    private void SubtractPointers(ref RegisterState destination, in RegisterState operand, OpcodeRow row)
    {
        bool isKnown = row.Is64Bit && destination.Kind == operand.Kind && destination.Kind is ValueKind.Stack && destination.Frame == operand.Frame
            && destination.HasFixedOffset && operand.HasFixedOffset;
        Scalar distance = isKnown ? Scalar.Constant((ulong)(destination.FixedOffset - operand.FixedOffset))
            : row.Is64Bit ? Scalar.Unknown : Scalar.OfLoad(32, signed: false);
        destination.SetScalar(distance, context.Provenance.Add());
    }

    private void MovePointer(ref RegisterState pointer, in Scalar number, bool isAddition)
    {
        // Past the end is not what it is once it was moved.
        pointer.Range = pointer.Kind == ValueKind.Packet ? Math.Max(pointer.Range, 0) : pointer.Range;
        if (number.IsConstant)
        {
            long offset = isAddition ? pointer.Offset + (long)number.ConstantValue : pointer.Offset - (long)number.ConstantValue;
            if (offset is > int.MinValue and <= int.MaxValue)
            {
                pointer.Offset = (int)offset;
                return;
            }
        }

        pointer.Number = isAddition ? ScalarAlu.Add64(pointer.Number, number) : ScalarAlu.Subtract64(pointer.Number, number);
        if (pointer.Kind is ValueKind.Packet or ValueKind.PacketMeta)
        {
            pointer.Id = context.NewId();
            pointer.Range = 0;
        }
    }
}
