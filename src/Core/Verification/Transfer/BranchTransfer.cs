using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Conditional jumps: which way control may go, and what is known on each.</summary>
internal sealed class BranchTransfer(WalkContext context)
{
    private const int Failed = -1;

    private readonly NullBranch _null = new(context);
    private readonly LinkedScalars _links = new(context);

    /// <returns>The slot that the path goes on at; -1 when the walk ends. The other way, if there is one, is put off.</returns>
    public int Apply(in Instruction instruction, OpcodeRow row)
    {
        RegisterState left = context.Register(instruction.Destination);
        RegisterState right = default;
        if (row.UsesSourceRegister)
        {
            right = context.Register(instruction.Source);
            context.Facts.Constant(context.Slot, right);
        }
        else
        {
            right.SetScalar(Scalar.Constant((ulong)instruction.Immediate), 0);
        }

        if (left.IsScalar && right.IsScalar)
        {
            return CompareNumbers(instruction, row, left, right);
        }

        if (row.Is64Bit && row.Condition is JumpCondition.Equal or JumpCondition.NotEqual)
        {
            return CompareEquality(instruction, row, left, right);
        }

        if (row.Is64Bit && PacketBranch.Decide(row.Condition, left, right) is not BranchVerdict.Unknown and var known)
        {
            return Decided(instruction, known);
        }

        return Fork(instruction, out VerifierState? jumped)
            ? Narrow(instruction, row, left, right, jumped!)
            : Failed;
    }

    private int CompareNumbers(in Instruction instruction, OpcodeRow row, in RegisterState left, in RegisterState right)
    {
        if (row.UsesSourceRegister && instruction.Source == instruction.Destination)
        {
            // Whatever it holds, it equals itself; only a test of its bits depends on them.
            BranchVerdict same = SameRegister(row, left);
            if (same != BranchVerdict.Unknown)
            {
                context.MarkPrecise(left);
                return Decided(instruction, same);
            }
        }

        BranchVerdict verdict = ScalarBranch.Decide(row.Condition, row.Is64Bit, left.Number, right.Number);
        if (verdict == BranchVerdict.Unknown)
        {
            verdict = DecideByRefining(row, left, right);
        }

        if (verdict != BranchVerdict.Unknown)
        {
            context.MarkPrecise(left);
            context.MarkPrecise(right);
            return Decided(instruction, verdict);
        }

        if (!Fork(instruction, out VerifierState? jumped))
        {
            return Failed;
        }

        Refine(instruction, row, jumped!, taken: true);
        Refine(instruction, row, context.State, taken: false);
        return context.Slot + 1;
    }

    private static BranchVerdict SameRegister(OpcodeRow row, in RegisterState register) => row.Condition switch
    {
        JumpCondition.Equal or JumpCondition.GreaterOrEqual or JumpCondition.LessOrEqual
            or JumpCondition.SignedGreaterOrEqual or JumpCondition.SignedLessOrEqual => BranchVerdict.Always,
        JumpCondition.AnyBitSet => ScalarBranch.Decide(row.Condition, row.Is64Bit, register.Number, register.Number),
        _ => BranchVerdict.Never,
    };

    private static BranchVerdict DecideByRefining(OpcodeRow row, in RegisterState left, in RegisterState right)
    {
        Scalar takenLeft = left.Number;
        Scalar takenRight = right.Number;
        bool canJump = ScalarBranch.Refine(row.Condition, row.Is64Bit, true, ref takenLeft, ref takenRight);
        Scalar otherLeft = left.Number;
        Scalar otherRight = right.Number;
        bool canFall = ScalarBranch.Refine(row.Condition, row.Is64Bit, false, ref otherLeft, ref otherRight);
        return canJump == canFall ? BranchVerdict.Unknown : canJump ? BranchVerdict.Always : BranchVerdict.Never;
    }

    private void Refine(in Instruction instruction, OpcodeRow row, VerifierState state, bool taken)
    {
        FrameState frame = state.Current;
        ref RegisterState left = ref frame.Registers[instruction.Destination];
        if (!row.UsesSourceRegister)
        {
            Scalar constant = Scalar.Constant((ulong)instruction.Immediate);
            Scalar refined = left.Number;
            if (ScalarBranch.Refine(row.Condition, row.Is64Bit, taken, ref refined, ref constant))
            {
                left.Number = refined;
                _links.Follow(state, left);
            }

            return;
        }

        if (instruction.Source == instruction.Destination)
        {
            return;
        }

        ref RegisterState right = ref frame.Registers[instruction.Source];
        Scalar leftNumber = left.Number;
        Scalar rightNumber = right.Number;
        if (!ScalarBranch.Refine(row.Condition, row.Is64Bit, taken, ref leftNumber, ref rightNumber))
        {
            return;
        }

        // What one is known to be now came from the other, so neither may be left out of account if it counts. What did not change came from nowhere.
        int node = context.Provenance.Add(left.Node, right.Node);
        if (Learn(ref left, leftNumber, node))
        {
            _links.Follow(state, left);
        }

        if (Learn(ref right, rightNumber, node))
        {
            _links.Follow(state, right);
        }
    }

    private static bool Learn(ref RegisterState register, in Scalar number, int node)
    {
        if (register.Number.IsWithin(number))
        {
            return false;
        }

        register.Number = number;
        register.Node = node;
        return true;
    }

    private int CompareEquality(in Instruction instruction, OpcodeRow row, in RegisterState left, in RegisterState right)
    {
        bool jumpsIfEqual = row.Condition == JumpCondition.Equal;
        if (left.IsPointer && right.IsNullConstant)
        {
            context.MarkPrecise(right);
            if (!left.MayBeNull && NullBranch.IsNeverNull(left))
            {
                return Decided(instruction, jumpsIfEqual ? BranchVerdict.Never : BranchVerdict.Always);
            }
        }

        if (!Fork(instruction, out VerifierState? jumped))
        {
            return Failed;
        }

        VerifierState equal = jumpsIfEqual ? jumped! : context.State;
        VerifierState unequal = jumpsIfEqual ? context.State : jumped!;
        if (left.MayBeNull && right.IsNullConstant)
        {
            _null.Settle(equal, left, isNull: true);
            _null.Settle(unequal, left, isNull: false);
        }
        else if (left.MayBeNull && right.IsPointer && !right.MayBeNull && NullBranch.IsNeverNull(right))
        {
            _null.Settle(equal, left, isNull: false);
        }
        else if (right.MayBeNull && left.IsPointer && !left.MayBeNull && NullBranch.IsNeverNull(left))
        {
            _null.Settle(equal, right, isNull: false);
        }

        return context.Slot + 1;
    }

    private int Narrow(in Instruction instruction, OpcodeRow row, in RegisterState left, in RegisterState right, VerifierState jumped)
    {
        if (row.Is64Bit)
        {
            PacketBranch.Settle(instruction, row.Condition, left, right, jumped, context.State);
        }

        return context.Slot + 1;
    }

    private int Decided(in Instruction instruction, BranchVerdict verdict)
    {
        bool taken = verdict == BranchVerdict.Always;
        context.Facts.Branch(context.Slot, taken);
        context.Path = context.Paths.Add(context.Path, context.Slot, taken);
        return taken ? (int)instruction.TargetFrom(context.Slot) : context.Slot + 1;
    }

    private bool Fork(in Instruction instruction, out VerifierState? jumped)
    {
        context.Facts.Branch(context.Slot, true);
        context.Facts.Branch(context.Slot, false);
        jumped = context.PutOff((int)instruction.TargetFrom(context.Slot), context.Paths.Add(context.Path, context.Slot, true));
        context.Path = context.Paths.Add(context.Path, context.Slot, false);
        return jumped is not null;
    }
}
