using Skep.Isa;
using Skep.Verification.Obligations;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>What may be calculated with pointers (adjust_ptr_min_max_vals in kernel/bpf/verifier.c).</summary>
internal sealed class ArithmeticCheck(WalkContext context)
{
    /// <summary>The farthest that a pointer may be moved, in bytes (BPF_MAX_VAR_OFF).</summary>
    public const long MaxOffset = 1 << 29;

    public bool Check(in Obligation obligation)
    {
        ref RegisterState left = ref context.Register(obligation.Register);
        bool hasRegister = obligation.Other != Obligation.NoRegister;
        if (!left.IsPointer && !(hasRegister && context.Register(obligation.Other).IsPointer))
        {
            return true;
        }

        OpcodeRow row = context.Input.Rows[context.Slot];
        if (left.IsPointer && hasRegister && context.Register(obligation.Other).IsPointer)
        {
            return CheckTwoPointers(row, obligation);
        }

        int pointer = left.IsPointer ? obligation.Register : obligation.Other;
        if (!row.Is64Bit)
        {
            return (row.Alu == AluOperator.Subtract && context.Input.AllowsLeaks) || FailOperator(row, pointer);
        }

        if (row.Alu is not (AluOperator.Add or AluOperator.Subtract) || (row.Alu == AluOperator.Subtract && !left.IsPointer))
        {
            return FailOperator(row, pointer);
        }

        return CheckMove(row, pointer, hasRegister ? Other(obligation, pointer) : Obligation.NoRegister);
    }

    public bool CheckComparison(in Obligation obligation)
    {
        ref RegisterState left = ref context.Register(obligation.Register);
        if (context.Input.AllowsLeaks || (!left.IsPointer && (obligation.Other == Obligation.NoRegister || !context.Register(obligation.Other).IsPointer)))
        {
            return true;
        }

        if (obligation.Other == Obligation.NoRegister)
        {
            return CheckWithImmediate(obligation.Register);
        }

        ref RegisterState right = ref context.Register(obligation.Other);
        OpcodeRow row = context.Input.Rows[context.Slot];

        // Halves of addresses, and their bits, depend on the addresses even where their order does not.
        bool isEquality = row.Condition is JumpCondition.Equal or JumpCondition.NotEqual;
        bool isOrder = isEquality || row.Condition is JumpCondition.GreaterThan or JumpCondition.GreaterOrEqual or JumpCondition.LessThan or JumpCondition.LessOrEqual;
        bool isAllowed = row.Is64Bit
            && ((isOrder && HaveSameBase(left, right)) || (isEquality && (IsNullComparison(left, right) || IsNullComparison(right, left))));
        return isAllowed || context.Fail(
            ValueRules.LeakCompared, $"r{obligation.Register} and r{obligation.Other} are compared: at least one is a pointer, and they do not point into one object",
            obligation.Register, obligation.Other);
    }

    /// <summary>Pointers into one object: what they differ by tells nothing of addresses.</summary>
    private static bool HaveSameBase(in RegisterState left, in RegisterState right)
    {
        if (left.IsPacketPart && right.IsPacketPart)
        {
            return true;
        }

        return left.Kind == right.Kind && left.Target == right.Target && !left.MayBeNull && !right.MayBeNull && left.Kind switch
        {
            ValueKind.Stack => left.Frame == right.Frame,
            ValueKind.Context => true,

            // Values of one map are objects of their own; with id 0 both point into global data.
            ValueKind.MapValue => left.Id == right.Id,
            ValueKind.Memory => left.Id == right.Id && left.Reference == right.Reference && (left.Id != 0 || left.Reference != 0),
            _ => false,
        };
    }

    private static bool IsNullComparison(in RegisterState left, in RegisterState right) => left.IsPointer && right.IsNullConstant;

    private static int Other(in Obligation obligation, int pointer) => pointer == obligation.Register ? obligation.Other : obligation.Register;

    private bool CheckWithImmediate(int register)
    {
        Instruction instruction = context.Instruction;
        OpcodeRow row = context.Input.Rows[context.Slot];

        // Compilers check the 32-bit context fields that packet pointers come from by their low half.
        ref RegisterState pointer = ref context.Register(register);
        bool isField = pointer.IsPacketPart && pointer.HasFixedOffset && pointer.FixedOffset == 0;
        bool isNullCheck = instruction.Immediate == 0 && (row.Is64Bit || isField) && row.Condition is JumpCondition.Equal or JumpCondition.NotEqual;
        return isNullCheck || context.Fail(
            ValueRules.LeakCompared, $"r{register} is a pointer and is compared with {instruction.Immediate}, expected 0 and == or !=", register);
    }

    private bool CheckTwoPointers(OpcodeRow row, in Obligation obligation)
    {
        ref RegisterState left = ref context.Register(obligation.Register);
        ref RegisterState right = ref context.Register(obligation.Other);
        bool isDistance = row.Alu == AluOperator.Subtract
            && (context.Input.AllowsLeaks || HaveSameBase(left, right));
        return isDistance || context.Fail(
            ValueRules.PointerArithmetic, $"r{obligation.Register} and r{obligation.Other} are both pointers; {row.Mnemonic} of the two means nothing",
            obligation.Register, obligation.Other);
    }

    private bool FailOperator(OpcodeRow row, int register)
        => context.Fail(
            ValueRules.PointerArithmetic,
            row.Is64Bit
                ? $"r{register} is a pointer; {row.Mnemonic} on it means nothing, expected an addition to it or a subtraction from it"
                : $"r{register} is a pointer; 32-bit arithmetic would cut it off",
            register);

    private bool CheckMove(OpcodeRow row, int pointer, int number)
    {
        ref RegisterState register = ref context.Register(pointer);
        if (register.MayBeNull)
        {
            return context.Fail(ValueRules.PointerMayBeNull, $"r{pointer} may be null here and is calculated with; compare it with 0 first", pointer);
        }

        Scalar moved = number == Obligation.NoRegister ? Scalar.Constant((ulong)context.Instruction.Immediate) : context.Register(number).Number;
        bool isNothing = moved.IsConstant && moved.ConstantValue == 0;
        if (register.Kind is ValueKind.Map or ValueKind.PacketEnd or ValueKind.Object or ValueKind.Function && !isNothing)
        {
            return context.Fail(ValueRules.PointerArithmetic, $"r{pointer} is {RegisterNoun.Of(register.Kind)}, which may not be moved", pointer);
        }

        return CheckDistance(row, register, pointer, number, moved);
    }

    private bool CheckDistance(OpcodeRow row, in RegisterState register, int pointer, int number, in Scalar moved)
    {
        if (moved.SignedMin == long.MinValue || moved.SignedMin <= -MaxOffset || moved.SignedMin >= MaxOffset || (moved.IsConstant && !IsSmall((long)moved.ConstantValue)))
        {
            return FailDistance(pointer, number, $"by {RangeText.OfBytes(moved)}");
        }

        Scalar total = row.Alu == AluOperator.Add ? ScalarAlu.Add64(register.Number, moved) : ScalarAlu.Subtract64(register.Number, moved);
        bool isFar = !IsSmall(register.Offset) || total.SignedMin == long.MinValue || !IsSmall(total.SignedMin)
            || (total.IsConstant && !IsSmall(register.Offset + (long)total.ConstantValue));
        return !isFar || FailDistance(pointer, number, $"to {RangeText.OfBytes(total)} from where it began");
    }

    private bool FailDistance(int pointer, int number, string distance)
    {
        string message = $"r{pointer} may be moved {distance}, expected between -{MaxOffset} and {MaxOffset}";
        return number == Obligation.NoRegister
            ? context.Fail(ValueRules.PointerOffset, message, pointer)
            : context.Fail(ValueRules.PointerOffset, message, pointer, number);
    }

    private static bool IsSmall(long offset) => offset is > -MaxOffset and < MaxOffset;
}
