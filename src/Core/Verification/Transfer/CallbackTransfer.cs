using Skep.Contracts;
using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>
/// Helpers that call a function of the program: one more call is put off, from whose exit the walk comes back to the helper's call, and this path goes on as
/// if the helper had called enough. States at the call are compared, so that the rounds end (push_callback_call in kernel/bpf/verifier.c).
/// </summary>
internal sealed class CallbackTransfer(WalkContext context)
{
    /// <returns>False when the walk ends.</returns>
    public bool Call(int slot, HelperDescriptor helper)
    {
        HelperArgument? argument = null;
        foreach (HelperArgument candidate in helper.Arguments)
        {
            argument = candidate.Callback is not null ? candidate : argument;
        }

        if (argument?.Callback is { IsAsynchronous: true } later)
        {
            context.Facts.CallsBack(new AsynchronousCallback(context.Call.Function, context.Call.Map, later));
            return true;
        }

        if (argument?.Callback is not { } callback || IsDone(callback))
        {
            context.Frame.CallbackDepth = 0;
            return true;
        }

        if (context.State.FrameCount >= context.Input.Limits.MaxCallDepth)
        {
            return context.Fail(
                VerificationRules.CallTooDeep,
                $"the callback would make {context.State.FrameCount + 1} frames, expected at most {context.Input.Limits.MaxCallDepth} (Limits.MaxCallDepth)");
        }

        int function = context.Call.Function;
        context.Facts.CallsBack(function);
        int path = context.Paths.Add(context.Path, slot, true);
        if (context.PutOff(context.Input.StartOf(function), path) is not { } state)
        {
            return false;
        }

        context.Path = context.Paths.Add(context.Path, slot, false);
        FrameState caller = state.Current;
        caller.CallbackDepth++;
        state.CallbackUnrollDepth++;
        FrameState frame = CallTransfer.Open(context, state, function, slot);
        Begin(context, frame, callback, context.Call.Map);
        for (int index = 0; index < callback.Arguments.Length; index++)
        {
            if (callback.Arguments[index] == CallbackArgumentKind.Context)
            {
                frame.Registers[index + 1] = caller.Registers[ContextArgument(helper)];
            }
        }

        context.Frame.CallbackDepth = 0;
        return true;
    }

    /// <summary>Makes a frame that of a callback, with its arguments apart from what the program gave.</summary>
    public static void Begin(WalkContext context, FrameState frame, CallbackDescriptor callback, int map)
    {
        frame.IsCallback = true;
        frame.MinimumReturn = callback.Returns.Minimum;
        frame.MaximumReturn = callback.Returns.Maximum;
        for (int index = 0; index < callback.Arguments.Length; index++)
        {
            SetArgument(context, ref frame.Registers[index + 1], callback.Arguments[index], map);
        }
    }

    /// <summary>The helper has called as often as its argument says.</summary>
    private bool IsDone(CallbackDescriptor callback)
    {
        if (callback.CountArgument < 0)
        {
            return false;
        }

        ref RegisterState count = ref context.Register(callback.CountArgument + 1);
        context.MarkPrecise(count);
        return count.IsScalar && (ulong)context.Frame.CallbackDepth >= count.Number.UnsignedMax;
    }

    private static void SetArgument(WalkContext context, ref RegisterState register, CallbackArgumentKind kind, int map)
    {
        switch (kind)
        {
            case CallbackArgumentKind.Map:
                register.SetPointer(ValueKind.Map, map);
                break;
            case CallbackArgumentKind.MapKey:
                register.SetPointer(ValueKind.MapKey, map);
                break;
            case CallbackArgumentKind.MapValue:
                register.SetPointer(ValueKind.MapValue, map);
                register.Id = context.Input.Map(map).Find(SpecialFieldKind.SpinLock) is null ? 0 : context.NewId();
                break;
            case CallbackArgumentKind.Context:
                break;
            default:
                register.SetScalar(Scalar.Unknown, context.Provenance.Add());
                break;
        }
    }

    private static int ContextArgument(HelperDescriptor helper)
    {
        for (int index = 0; index < helper.Arguments.Length; index++)
        {
            if (helper.Arguments[index].Kind == HelperArgumentKind.StackOrNull)
            {
                return index + 1;
            }
        }

        return (int)Register.R0;
    }
}
