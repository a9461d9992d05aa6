using Skep.Contracts;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Arguments that are things: the context, functions, objects and what was acquired, locks, iterators.</summary>
internal sealed class ObjectArgumentCheck(WalkContext context)
{
    public bool Check(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.MayBeNull && !(argument.MaybeNull && argument.Kind == HelperArgumentKind.Object))
        {
            return context.Fail(ValueRules.PointerMayBeNull, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(value)}; compare it with 0 first", register);
        }

        return argument.Kind switch
        {
            HelperArgumentKind.Context => (value.Kind == ValueKind.Context && value.HasFixedOffset && value.FixedOffset == 0)
                || FailKind(helper, argument, register, "the context at its first byte"),
            HelperArgumentKind.Function => CheckFunction(helper, argument, register),
            HelperArgumentKind.StackOrNull => CheckStackOrNull(helper, argument, register),
            HelperArgumentKind.AcquiredMemory => CheckAcquired(helper, argument, register, ValueKind.Memory),
            HelperArgumentKind.Object => CheckAcquired(helper, argument, register, ValueKind.Object),
            HelperArgumentKind.SpinLock => CheckLock(helper, argument, register),
            HelperArgumentKind.Timer => CheckTimer(helper, argument, register),
            HelperArgumentKind.Iterator => CheckIterator(helper, argument, register),
            _ => FailKind(helper, argument, register, $"a {argument.Kind}, which the verifier does not know yet"),
        };
    }

    private bool FailKind(HelperDescriptor helper, HelperArgument argument, int register, string expected)
        => context.Fail(
            CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(context.Register(register))}, expected {expected}", register);

    private bool CheckFunction(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.Kind != ValueKind.Function)
        {
            return FailKind(helper, argument, register, "the address of a function of the program");
        }

        if (argument.Callback is not null && context.Input.Signatures[value.Target].IsGlobal)
        {
            return context.Fail(
                CallRules.Callback, $"r{register}, argument {argument.Name} of {helper.Name}: {context.Input.Functions.Names[value.Target]} is global, expected a static function", register);
        }

        context.Call.Function = value.Target;
        return true;
    }

    private bool CheckStackOrNull(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.IsNullConstant)
        {
            context.MarkPrecise(value);
            return true;
        }

        return value.Kind == ValueKind.Stack || FailKind(helper, argument, register, "a stack address or 0");
    }

    private bool CheckAcquired(HelperDescriptor helper, HelperArgument argument, int register, ValueKind kind)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.Kind != kind || value.Target != context.Input.TypeIndex(argument.ObjectType) || (kind == ValueKind.Memory && value.Reference == 0))
        {
            bool wasGivenBack = argument.Releases && value.Kind == ValueKind.Scalar;
            return wasGivenBack || (value.Kind == kind && argument.Releases)
                ? context.Fail(PathRules.NotHeld, $"r{register}, argument {argument.Name} of {helper.Name}, is {RegisterNoun.Of(value)}, expected {argument.ObjectType} that is held", register)
                : FailKind(helper, argument, register, $"{argument.ObjectType}");
        }

        if (!argument.Releases)
        {
            return true;
        }

        if (value.Reference == 0 || !context.State.Holds(value.Reference))
        {
            return context.Fail(PathRules.NotHeld, $"r{register}, argument {argument.Name} of {helper.Name}, was not acquired by this program", register);
        }

        context.Call.Released = value.Reference;
        return (value.HasFixedOffset && value.FixedOffset == 0)
            || context.Fail(PathRules.NotHeld, $"r{register}, argument {argument.Name} of {helper.Name}, points {value.Offset} bytes into what was acquired, expected its first byte", register);
    }

    private bool CheckLock(HelperDescriptor helper, HelperArgument argument, int register)
    {
        if (!CheckSpecial(helper, argument, register, SpecialFieldKind.SpinLock, "bpf_spin_lock"))
        {
            return false;
        }

        ref RegisterState value = ref context.Register(register);
        context.Call.Lock = register;
        AcquiredReference? held = context.State.HeldLock;
        if (helper.Lock == LockEffect.Acquire)
        {
            return held is not { } other || context.Fail(PathRules.LockHeld, $"a lock is taken while the one from insn {other.Slot} is held", register);
        }

        if (held is not { } mine)
        {
            return context.Fail(PathRules.LockNotHeld, "a lock is given back, and none is held", register);
        }

        return (mine.Target == value.Target && mine.Object == value.Id)
            || context.Fail(PathRules.LockNotHeld, $"the lock given back is not known to be the one taken at insn {mine.Slot}", register);
    }

    private bool CheckTimer(HelperDescriptor helper, HelperArgument argument, int register)
    {
        context.Call.Map = context.Register(register).Target;
        return CheckSpecial(helper, argument, register, SpecialFieldKind.Timer, "bpf_timer");
    }

    private bool CheckSpecial(HelperDescriptor helper, HelperArgument argument, int register, SpecialFieldKind kind, string name)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.Kind != ValueKind.MapValue || !value.HasFixedOffset)
        {
            return FailKind(helper, argument, register, $"a {name} at a known place of a map value");
        }

        MapInput map = context.Input.Map(value.Target);
        if (map.Find(kind) is not { } field)
        {
            return context.Fail(CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}: values of map {map.Spec.Name} have no {name} (by their BTF type)", register);
        }

        return value.FixedOffset == field.Offset || context.Fail(
            CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {helper.Name}, points to byte {value.FixedOffset} of the value; its {name} is at byte {field.Offset}", register);
    }

    private bool CheckIterator(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        int size = argument.FixedSize;
        if (value.Kind != ValueKind.Stack || !value.HasFixedOffset || value.FixedOffset % StackSlot.Size != 0
            || value.FixedOffset < -context.Input.Limits.MaxFrameBytes || value.FixedOffset + size > 0)
        {
            return FailKind(helper, argument, register, $"{size} bytes of stack at a known place that is a multiple of 8");
        }

        context.Call.Iterator = register;
        FrameState frame = context.State.Frame(value.Frame);
        context.Facts.Stack(frame.Function, -value.FixedOffset);
        return (argument.Flags & HelperArgumentFlags.Uninitialized) != 0
            ? CheckNoIterator(helper, argument, register)
            : CheckIsIterator(helper, argument, register);
    }

    private bool CheckNoIterator(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        FrameState frame = context.State.Frame(value.Frame);
        for (long at = value.FixedOffset; at < value.FixedOffset + argument.FixedSize; at += StackSlot.Size)
        {
            ref StackSlot slot = ref StackCheck.SlotAt(frame, at, out _);
            if (slot.HasIterator || (slot.HasPointer && !context.Input.AllowsLeaks))
            {
                return context.Fail(CallRules.Iterator, $"r{register}, argument {argument.Name} of {helper.Name}: there is an iterator or a pointer already", register);
            }
        }

        return true;
    }

    private bool CheckIsIterator(HelperDescriptor helper, HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        FrameState frame = context.State.Frame(value.Frame);
        int reference = 0;
        for (long at = value.FixedOffset; at < value.FixedOffset + argument.FixedSize; at += StackSlot.Size)
        {
            ref StackSlot slot = ref StackCheck.SlotAt(frame, at, out _);
            bool isFirst = at == value.FixedOffset;
            if (!slot.HasIterator || slot.Spilled.Target != context.Input.TypeIndex(argument.ObjectType) || slot.Spilled.Offset != (int)(at - value.FixedOffset)
                || (!isFirst && slot.Spilled.Reference != reference))
            {
                return context.Fail(CallRules.Iterator, $"r{register}, argument {argument.Name} of {helper.Name}: there is no iterator of kind {argument.ObjectType} here", register);
            }

            reference = slot.Spilled.Reference;
            context.Provenance.Mark(slot.Node, Provenance.Read);
        }

        context.Call.Released = argument.Releases ? reference : 0;
        return true;
    }
}
