using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Checks;

/// <summary>What must hold where a function, a callback or the program ends.</summary>
internal sealed class EndCheck(WalkContext context)
{
    public bool CheckReturned()
    {
        FrameState frame = context.Frame;
        ref RegisterState result = ref context.Register((int)Register.R0);
        if (frame.IsCallback)
        {
            // The helper gets all of it.
            return CheckRange(result, frame.MinimumReturn, frame.MaximumReturn, isNarrow: false, "the callback", CallRules.Callback);
        }

        if (context.State.FrameCount > 1)
        {
            return result.Kind != ValueKind.Stack || result.Frame < context.State.FrameCount - 1
                || context.Fail(MemoryRules.OutOfStack, "r0 points into the stack of the function that returns it", (int)Register.R0);
        }

        if (frame.Function != 0)
        {
            return CheckGlobal(frame, result);
        }

        if (result.Kind == ValueKind.Uninitialized)
        {
            return context.Fail(ValueRules.UninitializedRegister, "r0, the program's result, was never written on this path", (int)Register.R0);
        }

        if (result.IsPointer && !context.Input.AllowsLeaks)
        {
            return context.Fail(ValueRules.LeakReturned, $"r0 is {RegisterNoun.Of(result)}, expected a number", (int)Register.R0);
        }

        ReturnRange range = context.Input.Type.Returns;
        return range == ReturnRange.Any || CheckRange(result, range.Minimum, range.Maximum, range.Minimum >= int.MinValue && range.Maximum <= int.MaxValue, $"a program of type {context.Input.Type.Name}", ValueRules.ReturnRange);
    }

    /// <summary>Where the program may end: at its exit, in a tail call, in a packet load.</summary>
    public bool CheckNothingHeld()
    {
        bool isExit = context.Input.Rows[context.Slot].IsExit;
        if (isExit && context.State.FrameCount > 1)
        {
            return !context.Frame.IsCallback || CheckCallbackHolds();
        }

        foreach (AcquiredReference reference in context.State.References)
        {
            return reference.Kind == ReferenceKind.Lock
                ? context.Fail(PathRules.LockHeld, $"the program may end here, and the lock taken at insn {reference.Slot} is held")
                : context.Fail(PathRules.UnreleasedReference, $"the program may end here, and {Noun(reference)} from insn {reference.Slot} is not released");
        }

        return true;
    }

    private static string Noun(AcquiredReference reference) => reference.Kind == ReferenceKind.Iterator ? "the iterator" : "the reference";

    /// <summary>A callback gives back what it took, since it may run any number of times.</summary>
    private bool CheckCallbackHolds()
    {
        foreach (AcquiredReference reference in context.State.References)
        {
            if (reference.Frame == context.State.FrameCount - 1)
            {
                return context.Fail(PathRules.UnreleasedReference, $"the callback ends, and {Noun(reference)} from insn {reference.Slot} is not released");
            }
        }

        return true;
    }

    private bool CheckGlobal(FrameState frame, in RegisterState result)
    {
        if (context.Input.Signatures[frame.Function].ReturnsNothing)
        {
            return true;
        }

        return result.Kind switch
        {
            ValueKind.Scalar => true,
            ValueKind.Uninitialized => context.Fail(ValueRules.UninitializedRegister, "r0, the function's result, was never written on this path", (int)Register.R0),
            _ => context.Input.AllowsLeaks || context.Fail(ValueRules.LeakReturned, $"r0 is {RegisterNoun.Of(result)}; a global function returns a number", (int)Register.R0),
        };
    }

    /// <param name="isNarrow">The low 32 bits count, signed, as they do for the kernel of what programs return.</param>
    private bool CheckRange(in RegisterState result, long minimum, long maximum, bool isNarrow, string who, Findings.Rule rule)
    {
        if (result.Kind != ValueKind.Scalar)
        {
            return context.Fail(
                result.Kind == ValueKind.Uninitialized ? ValueRules.UninitializedRegister : rule, $"r0 is {RegisterNoun.Of(result)}; {who} returns {RangeText.Of(minimum, maximum)}", (int)Register.R0);
        }

        context.MarkPrecise(result);
        long first = isNarrow ? result.Number.SignedMin32 : result.Number.SignedMin;
        long last = isNarrow ? result.Number.SignedMax32 : result.Number.SignedMax;
        return (first >= minimum && last <= maximum)
            || context.Fail(rule, $"r0 is {RangeText.Of(first, last)}, expected {RangeText.Of(minimum, maximum)} from {who}", (int)Register.R0);
    }
}
