using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.Checks;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>
/// Open-coded iterators. Taking an element may find none: the path goes on with none, and the other, with an element, is put off and compared with the rounds
/// before it where it comes back (process_iter_next_call in kernel/bpf/verifier.c).
/// </summary>
internal sealed class IteratorTransfer(WalkContext context, Action<int, VerifierState> widen)
{
    /// <returns>False when the walk ends.</returns>
    public bool Apply(int slot, HelperDescriptor helper)
    {
        int register = context.Call.Iterator;
        HelperArgument argument = helper.Arguments[register - 1];
        RegisterState pointer = context.Register(register);
        if ((argument.Flags & HelperArgumentFlags.Uninitialized) != 0)
        {
            Make(slot, argument, pointer);
            Finish(helper);
            return true;
        }

        if (argument.Releases)
        {
            End(argument, pointer);
            Finish(helper);
            return true;
        }

        return Next(slot, helper, argument, pointer);
    }

    private void Finish(HelperDescriptor helper)
    {
        CallTransfer.Clobber(context.Frame);
        if (helper.Result.Kind == HelperResultKind.Integer)
        {
            context.Register((int)Register.R0).SetScalar(Scalar.Unknown, context.Provenance.Add());
        }
    }

    private void Make(int slot, HelperArgument argument, in RegisterState pointer)
    {
        int reference = context.NewId();
        context.State.AddReference(new AcquiredReference(reference, slot, ReferenceKind.Iterator, context.State.FrameCount - 1));
        FrameState frame = context.State.Frame(pointer.Frame);
        for (int offset = 0; offset < argument.FixedSize; offset += StackSlot.Size)
        {
            ref StackSlot stack = ref StackCheck.SlotAt(frame, pointer.FixedOffset + offset, out _);
            stack.Set(0, StackSlot.Size, StackByte.Iterator);
            stack.Node = context.Provenance.Add();
            stack.Spilled.SetPointer(ValueKind.Iterator, context.Input.TypeIndex(argument.ObjectType));
            stack.Spilled.Reference = reference;
            stack.Spilled.Range = (int)IteratorState.Active;
            stack.Spilled.Offset = offset;
        }
    }

    private void End(HelperArgument argument, in RegisterState pointer)
    {
        FrameState frame = context.State.Frame(pointer.Frame);
        HelperTransfer.Release(context, context.Call.Released);
        for (int offset = 0; offset < argument.FixedSize; offset += StackSlot.Size)
        {
            ref StackSlot stack = ref StackCheck.SlotAt(frame, pointer.FixedOffset + offset, out _);
            stack.Bytes = 0;
            stack.Node = context.Provenance.Add();
            stack.Spilled.SetUninitialized();
        }
    }

    private bool Next(int slot, HelperDescriptor helper, HelperArgument argument, in RegisterState pointer)
    {
        if (IteratorSlot.StateAt(context.State, pointer) == IteratorState.Active)
        {
            int path = context.Paths.Add(context.Path, slot, true);
            if (context.PutOff(slot + 1, path) is not { } state)
            {
                return false;
            }

            context.Path = context.Paths.Add(context.Path, slot, false);
            widen(slot, state);
            Advance(state, argument, pointer, IteratorState.Active);
            CallTransfer.Clobber(state.Current);
            ref RegisterState element = ref state.Current.Registers[(int)Register.R0];
            element.SetPointer(ValueKind.Memory);
            element.Range = helper.Result.FixedSize;
            element.Access = helper.Result.Access;

            // It lies in the iterator and ends with it.
            element.Reference = ReferenceOf(state, pointer);
        }

        Advance(context.State, argument, pointer, IteratorState.Drained);
        CallTransfer.Clobber(context.Frame);
        context.Register((int)Register.R0).SetScalar(Scalar.Constant(0), context.Provenance.Add());
        return true;
    }

    private static int ReferenceOf(VerifierState state, in RegisterState pointer)
        => state.Frame(pointer.Frame)[IteratorSlot.IndexOf(pointer.FixedOffset)].Spilled.Reference;

    private static void Advance(VerifierState state, HelperArgument argument, in RegisterState pointer, IteratorState next)
    {
        FrameState frame = state.Frame(pointer.Frame);
        for (int offset = 0; offset < argument.FixedSize; offset += StackSlot.Size)
        {
            ref StackSlot stack = ref StackCheck.SlotAt(frame, pointer.FixedOffset + offset, out _);
            stack.Spilled.Range = (int)next;
            stack.Spilled.Delta += next == IteratorState.Active ? 1 : 0;
        }
    }
}
