using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Arguments of helpers against the prototype (check_func_arg in kernel/bpf/verifier.c). What it learns is in <see cref="WalkContext.Call"/>.</summary>
internal sealed class HelperArgumentCheck(WalkContext context)
{
    private readonly MemoryArgumentCheck _memory = new(context);
    private readonly ObjectArgumentCheck _objects = new(context);

    private HelperDescriptor Helper => context.Input.Helpers[context.Slot]!;

    /// <summary>Before the first argument: whether the call may happen here at all.</summary>
    public bool Begin()
    {
        context.Call = new CallFindings { MaximumSize = -1, Function = -1 };
        if (context.Input.Helpers[context.Slot] is not { } helper)
        {
            return CheckFunction();
        }

        if (context.State.HeldLock is { } held && helper.Lock == LockEffect.None)
        {
            return context.Fail(PathRules.LockHeld, $"{helper.Name} is called while the lock taken at insn {held.Slot} is held");
        }

        if (helper.IsTailCall && IsInCallback())
        {
            return context.Fail(CallRules.TailCall, "a callback cannot be replaced by another program");
        }

        context.Call.AllocationSize = helper.Result.FixedSize;
        return true;
    }

    public bool Check(int index)
    {
        HelperArgument argument = Helper.Arguments[index];
        int register = index + 1;
        ref RegisterState value = ref context.Register(register);
        if (value.Kind == ValueKind.Uninitialized)
        {
            return context.Fail(ValueRules.UninitializedRegister, $"r{register}, argument {argument.Name} of {Helper.Name}, was never written on this path", register);
        }

        if (argument.MaybeNull && value.IsNullConstant && !IsNumber(argument.Kind))
        {
            context.MarkPrecise(value);
            return true;
        }

        return argument.Kind switch
        {
            HelperArgumentKind.Anything => !value.IsPointer || context.Input.AllowsLeaks
                || context.Fail(ValueRules.LeakPassed, $"r{register}, argument {argument.Name} of {Helper.Name}, is {RegisterNoun.Of(value)}, expected a number", register),
            HelperArgumentKind.ConstMap => CheckMap(argument, register),
            HelperArgumentKind.MapKey => _memory.CheckKey(Helper, argument, register),
            HelperArgumentKind.MapValue => _memory.CheckValue(Helper, argument, register),
            HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory => _memory.CheckMemory(Helper, index, register),
            HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero => _memory.CheckSize(Helper, index, register),
            HelperArgumentKind.AllocationSize => CheckAllocation(argument, register),
            HelperArgumentKind.ConstString => _memory.CheckString(Helper, argument, register),
            _ => _objects.Check(Helper, argument, register),
        };
    }

    private static bool IsNumber(HelperArgumentKind kind) => kind is HelperArgumentKind.Anything or HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero or HelperArgumentKind.AllocationSize;

    private bool IsInCallback()
    {
        for (int i = 0; i < context.State.FrameCount; i++)
        {
            if (context.State.Frame(i).IsCallback)
            {
                return true;
            }
        }

        return false;
    }

    private bool CheckFunction()
    {
        int callee = context.Input.Callees[context.Slot];
        if (context.Instruction.Operation != Operation.CallLocal || callee < 0)
        {
            return context.Fail(CallRules.ArgumentKind, "the call cannot be proved: what it calls is known only at run time");
        }

        FunctionSignature signature = context.Input.Signatures[callee];
        if (signature is { IsGlobal: true, ReturnsNothing: false, ReturnsNumber: false })
        {
            return context.Fail(CallRules.GlobalSignature, $"global function {context.Input.Functions.Names[callee]} returns neither a number nor nothing");
        }

        return !signature.IsGlobal || context.State.HeldLock is not { } held
            || context.Fail(PathRules.LockHeld, $"the global function {context.Input.Functions.Names[callee]} is called while the lock taken at insn {held.Slot} is held");
    }

    private bool CheckMap(HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.Kind != ValueKind.Map || value.MayBeNull)
        {
            return value.MayBeNull
                ? context.Fail(ValueRules.PointerMayBeNull, $"r{register}, argument {argument.Name} of {Helper.Name}, may be null; compare it with 0 first", register)
                : context.Fail(CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {Helper.Name}, is {RegisterNoun.Of(value)}, expected a map", register);
        }

        MapInput map = context.Input.Map(value.Target);
        if (FollowsTimer(register) && !CheckMapOfTimer(argument, register, map))
        {
            return false;
        }

        context.Call.Map = value.Target;
        MapOperations missing = argument.Operations & ~map.Operations;
        if (missing == MapOperations.None)
        {
            return true;
        }

        string reason = (missing & map.Type.Operations) != 0 ? "programs may not change it" : $"maps of type {map.Type.Name} do not offer it";
        return context.Fail(CallRules.MapOperation, $"{Helper.Name} on map {map.Spec.Name} needs {missing}: {reason}", register);
    }

    private bool FollowsTimer(int register)
    {
        for (int index = 0; index < register - 1; index++)
        {
            if (Helper.Arguments[index].Kind == HelperArgumentKind.Timer)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Beside a timer: the map that the timer lies in.</summary>
    private bool CheckMapOfTimer(HelperArgument argument, int register, MapInput map)
    {
        ref RegisterState value = ref context.Register(register);
        if (value.Target != context.Call.Map)
        {
            return context.Fail(
                CallRules.ArgumentKind,
                $"r{register}, argument {argument.Name} of {Helper.Name}, is map {map.Spec.Name}, expected {context.Input.Map(context.Call.Map).Spec.Name}, which the timer lies in", register);
        }

        return map.Map is not null || context.FailStricter(
            CallRules.ArgumentKind, $"r{register}, argument {argument.Name} of {Helper.Name}, was found in a map of maps, and is not known to be the one that the timer lies in",
            "Linux follows which of them both came from.", register);
    }

    private bool CheckAllocation(HelperArgument argument, int register)
    {
        ref RegisterState value = ref context.Register(register);
        if (!value.IsConstant)
        {
            return context.Fail(
                CallRules.NotConstant, $"r{register}, argument {argument.Name} of {Helper.Name}, is {(value.IsScalar ? RangeText.Of(value.Number) : RegisterNoun.Of(value))}, expected a constant", register);
        }

        context.MarkPrecise(value);
        context.Call.AllocationSize = (long)value.Number.ConstantValue;
        return context.Call.AllocationSize is >= 0 and < ArithmeticCheck.MaxOffset
            || context.Fail(CallRules.ArgumentSize, $"r{register}, argument {argument.Name} of {Helper.Name}, is {(long)value.Number.ConstantValue} bytes, expected 0..{ArithmeticCheck.MaxOffset - 1}", register);
    }
}
