using Skep.Isa;
using Skep.Verification.Obligations;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>Decides whether obligations hold in the state at hand; what does not becomes the context's problem.</summary>
internal sealed class ObligationCheck(WalkContext context)
{
    private readonly AccessCheck _access = new(context);
    private readonly ArithmeticCheck _arithmetic = new(context);
    private readonly EndCheck _end = new(context);
    private readonly GlobalArgumentCheck _globals = new(context, new AccessCheck(context));

    public HelperArgumentCheck Arguments { get; } = new(context);

    public bool Holds(in Obligation obligation)
    {
        int register = obligation.Register;
        return obligation.Kind switch
        {
            ObligationKind.Written => context.Register(register).Kind != ValueKind.Uninitialized || FailUnwritten(register),
            ObligationKind.NumberOrLeak => context.Register(register).IsScalar || context.Input.AllowsLeaks || FailNumber(register),
            ObligationKind.Arithmetic => _arithmetic.Check(obligation),
            ObligationKind.Comparable => _arithmetic.CheckComparison(obligation),
            ObligationKind.Access => _access.Check(obligation),
            ObligationKind.Storable => _access.CheckStored(obligation),
            ObligationKind.Callable => Arguments.Begin(),
            ObligationKind.Argument => Arguments.Check(obligation.Offset),
            ObligationKind.GlobalArgument => _globals.Check(obligation.Offset),
            ObligationKind.PacketContext => CheckPacketContext(),
            ObligationKind.Returned => _end.CheckReturned(),
            ObligationKind.NothingHeld => _end.CheckNothingHeld(),
            _ => throw new InvalidOperationException($"There is no check for {obligation.Kind}."),
        };
    }

    private bool FailUnwritten(int register)
        => context.Fail(ValueRules.UninitializedRegister, $"r{register} is read, but nothing was written to it on this path", register);

    private bool FailNumber(int register)
        => context.Fail(
            context.Input.Rows[context.Slot].Shape is InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange
                ? ValueRules.LeakStored
                : ValueRules.PointerArithmetic,
            $"r{register} is a pointer, expected a number: the operation would make a number of it", register);

    private bool CheckPacketContext()
    {
        ref RegisterState register = ref context.Register((int)Register.R6);
        if (register.Kind != ValueKind.Context || register.FixedOffset != 0)
        {
            return context.Fail(CallRules.ArgumentKind, "packet loads need the context in r6", (int)Register.R6);
        }

        return context.State.HeldLock is null
            ? _end.CheckNothingHeld()
            : context.Fail(PathRules.LockHeld, "a packet load may end the program, and a lock is held");
    }
}
