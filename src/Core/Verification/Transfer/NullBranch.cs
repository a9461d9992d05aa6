using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>A pointer that may be null was compared: it and all of its copies are null, or are not.</summary>
internal sealed class NullBranch(WalkContext context)
{
    /// <summary>Kinds of pointers that are addresses of something wherever they point; a context or a packet may be missing.</summary>
    public static bool IsNeverNull(in RegisterState pointer)
        => pointer.Kind is ValueKind.Stack or ValueKind.Map or ValueKind.MapValue or ValueKind.MapKey or ValueKind.Object or ValueKind.Function
            || (pointer.Kind == ValueKind.Memory && pointer.Reference != 0);

    public void Settle(VerifierState state, in RegisterState pointer, bool isNull)
    {
        if (isNull && pointer.Reference != 0)
        {
            state.RemoveReference(pointer.Reference);
        }

        // The id also tells objects of a kind apart, where that matters.
        bool keepsId = !context.Input.AllowsLeaks || (pointer.Kind == ValueKind.MapValue && context.Input.Map(pointer.Target).Find(SpecialFieldKind.SpinLock) is not null);
        var visitor = new SettleVisitor(pointer.Id, isNull, keepsId, isNull ? context.Provenance.Add() : 0);
        WalkContext.VisitAll(state, ref visitor);
    }

    private readonly struct SettleVisitor(int id, bool isNull, bool keepsId, int node) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (!register.MayBeNull || register.Id != id)
            {
                return;
            }

            if (isNull)
            {
                register.SetScalar(Scalar.Constant(0), node);
                return;
            }

            register.MayBeNull = false;
            if (!keepsId)
            {
                register.Id = 0;
            }
        }
    }
}
