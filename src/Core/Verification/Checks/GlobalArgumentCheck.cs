using Skep.Contracts;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Arguments of global functions against their BTF type: the callee was verified for anything that fits it.</summary>
internal sealed class GlobalArgumentCheck(WalkContext context, AccessCheck access)
{
    public bool Check(int index)
    {
        int callee = context.Input.Callees[context.Slot];
        Parameter parameter = context.Input.Signatures[callee].Parameters[index];
        int register = index + 1;
        ref RegisterState value = ref context.Register(register);
        string name = context.Input.Functions.Names[callee];
        switch (parameter.Kind)
        {
            case ParameterKind.Number:
                return value.IsScalar || Fail(CallRules.GlobalArgument, name, parameter, register, "a number");
            case ParameterKind.Context:
                return (value.Kind == ValueKind.Context && value.HasFixedOffset && value.FixedOffset == 0) || Fail(CallRules.GlobalArgument, name, parameter, register, "the context");
            case ParameterKind.Memory:
                return CheckMemory(name, parameter, register);
            default:
                return context.Fail(CallRules.GlobalSignature, $"parameter {parameter.Name} of global function {name} is neither a number, the context, nor a pointer to something of known size", register);
        }
    }

    private bool CheckMemory(string name, Parameter parameter, int register)
    {
        RegisterState original = context.Register(register);
        if (parameter.MayBeNull && original.IsNullConstant)
        {
            context.MarkPrecise(original);
            return true;
        }

        if (original.MayBeNull && !parameter.MayBeNull)
        {
            return context.Fail(ValueRules.PointerMayBeNull, $"r{register}, argument {parameter.Name} of {name}, is {RegisterNoun.Of(original)}; compare it with 0 first", register);
        }

        if (!original.IsPointer || original.Kind is ValueKind.Context)
        {
            return Fail(CallRules.GlobalArgument, name, parameter, register, $"memory of {parameter.Size} bytes");
        }

        if (original.IsPacketPart && context.Input.MovesPackets(context.Input.Callees[context.Slot]))
        {
            return context.FailStricter(
                CallRules.GlobalArgument, $"r{register}, argument {parameter.Name} of {name}, points into the packet, which the function may move while it has the pointer",
                "Linux does not follow pointers into a packet past the call", register);
        }

        context.Facts.Alignment.Argument(context.Input.Callees[context.Slot], context.Slot, original, access.IsOwnParameter(original));

        // As what it points to, whether or not it does: the callee looks.
        context.Register(register).MayBeNull = false;
        bool isRight = access.CheckForHelper(register, parameter.Size, MemoryAccess.ReadWrite, isFilledWhole: false);
        context.Register(register).MayBeNull = original.MayBeNull;
        context.Call.Written[register] = parameter.Size;
        return isRight;
    }

    private bool Fail(Findings.Rule rule, string name, Parameter parameter, int register, string expected)
        => context.Fail(rule, $"r{register}, argument {parameter.Name} of {name}, is {RegisterNoun.Of(context.Register(register))}, expected {expected}", register);
}
