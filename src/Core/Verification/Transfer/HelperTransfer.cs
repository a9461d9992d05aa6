using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Calls of helpers, whose arguments were checked: what they write, what they give, what they take back.</summary>
internal sealed class HelperTransfer(WalkContext context, StoreTransfer stores, CallbackTransfer callbacks, IteratorTransfer iterators)
{
    private const int Failed = -1;

    // MAX_ERRNO of linux/err.h.
    private const long LargestErrno = 4095;

    /// <returns>The slot that the path goes on at; -1 when the walk ends.</returns>
    public int Apply(int slot, HelperDescriptor helper)
    {
        CallFindings call = context.Call;
        if (helper.IsTailCall && !CallTransfer.PutOffReturn(context, Scalar.Unknown, movesPackets: true))
        {
            return Failed;
        }

        WriteMemory(call);
        if (call.Iterator != 0)
        {
            return iterators.Apply(slot, helper) ? slot + 1 : Failed;
        }

        if (call.Function >= 0 && !callbacks.Call(slot, helper))
        {
            return Failed;
        }

        if (call.Released != 0)
        {
            Release(context, call.Released);
        }

        ApplyLock(helper, call, slot);
        if (helper.InvalidatesPackets)
        {
            CallTransfer.InvalidatePackets(context);
        }

        CallTransfer.Clobber(context.Frame);
        SetResult(slot, helper, call);
        return slot + 1;
    }

    /// <summary>A reference was given back: what pointed to it points nowhere.</summary>
    public static void Release(WalkContext context, int reference)
    {
        context.State.RemoveReference(reference);
        var visitor = new ReleaseVisitor(context, reference);
        context.VisitAll(ref visitor);
    }

    private void WriteMemory(in CallFindings call)
    {
        for (int register = (int)Register.R1; register <= (int)Register.R5; register++)
        {
            if (call.Written[register] > 0 && context.Register(register).Kind == ValueKind.Stack)
            {
                stores.Overwrite(context.Register(register), 0, call.Written[register]);
            }
        }
    }

    private void ApplyLock(HelperDescriptor helper, in CallFindings call, int slot)
    {
        if (helper.Lock == LockEffect.None || call.Lock == 0)
        {
            return;
        }

        if (helper.Lock == LockEffect.Release)
        {
            context.State.RemoveReference(context.State.HeldLock!.Value.Id);
            return;
        }

        ref RegisterState value = ref context.Register(call.Lock);
        context.State.AddReference(new AcquiredReference(
            context.NewId(), slot, ReferenceKind.Lock, context.State.FrameCount - 1, value.Target, value.Id));
    }

    private void SetResult(int slot, HelperDescriptor helper, in CallFindings call)
    {
        ref RegisterState result = ref context.Register((int)Register.R0);
        HelperResult descriptor = helper.Result;
        switch (descriptor.Kind)
        {
            case HelperResultKind.Void:
                return;
            case HelperResultKind.Integer:
                result.SetScalar(NumberOf(descriptor, call), context.Provenance.Add());
                return;
            case HelperResultKind.MapValue or HelperResultKind.MapValueOrNull:
                SetMapValue(ref result, slot, descriptor, call);
                return;
            case HelperResultKind.MemoryOrNull:
                result.SetPointer(ValueKind.Memory, context.Input.TypeIndex(descriptor.ObjectType));
                result.Range = (int)call.AllocationSize;
                result.Access = descriptor.Access;
                break;
            default:
                result.SetPointer(ValueKind.Object, context.Input.TypeIndex(descriptor.ObjectType));
                break;
        }

        result.MayBeNull = true;
        result.Id = context.NewId();
        context.Facts.Result(slot, mayBeNull: true);
        if (descriptor.Acquires)
        {
            result.Reference = context.NewId();
            context.State.AddReference(new AcquiredReference(result.Reference, slot, ReferenceKind.Object, context.State.FrameCount - 1));
        }
    }

    private static Scalar NumberOf(HelperResult descriptor, in CallFindings call)
    {
        if (descriptor.IsBoundedBySize && call.MaximumSize >= 0)
        {
            return Scalar.SignedRange(-LargestErrno, call.MaximumSize);
        }

        return descriptor.Range == ReturnRange.Any ? Scalar.Unknown : Scalar.SignedRange(descriptor.Range.Minimum, descriptor.Range.Maximum);
    }

    private void SetMapValue(ref RegisterState result, int slot, HelperResult descriptor, in CallFindings call)
    {
        MapInput map = context.Input.Map(call.Map);
        if (map.Type.HoldsMaps)
        {
            result.SetPointer(ValueKind.Map, map.Inner);
        }
        else
        {
            result.SetPointer(ValueKind.MapValue, call.Map);
        }

        bool isThere = descriptor.Kind == HelperResultKind.MapValue || (map.HasAllKeys && call.ConstantKey < map.Spec.MaxEntries);
        result.MayBeNull = !isThere;
        if (descriptor.Kind == HelperResultKind.MapValueOrNull)
        {
            context.Facts.Result(slot, !isThere);
        }

        if (!isThere || !context.Input.AllowsLeaks || map.Find(SpecialFieldKind.SpinLock) is not null)
        {
            result.Id = context.NewId();
        }
    }

    private readonly struct ReleaseVisitor(WalkContext context, int reference) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (register.IsPointer && register.Reference == reference)
            {
                CallTransfer.Invalidate(context, ref register);
            }
        }
    }
}
