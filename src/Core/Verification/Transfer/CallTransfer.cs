using Skep.Isa;
using Skep.Verification.State;
using Skep.Verification.Values;
using Skep.Verification.Walk;

namespace Skep.Verification.Transfer;

/// <summary>Calls of the program's own functions, and the way back.</summary>
internal sealed class CallTransfer(WalkContext context, StoreTransfer stores, Action<int, VerifierState> widen)
{
    public const int PathEnds = -2;

    private const int Failed = -1;

    /// <returns>The slot that the path goes on at.</returns>
    public int Call(int slot)
    {
        int callee = context.Input.Callees[slot];
        return context.Input.Signatures[callee].IsGlobal ? CallGlobal(slot, callee) : Enter(slot, callee);
    }

    public int Exit()
    {
        if (context.State.FrameCount == 1)
        {
            return PathEnds;
        }

        FrameState callee = context.Frame;
        RegisterState result = callee.Registers[(int)Register.R0];
        int callSite = callee.CallSite;
        bool isCallback = callee.IsCallback;
        context.State.PopFrame();
        if (isCallback)
        {
            // The helper may call again; the next round is to look like the last.
            widen(callSite, context.State);
            return callSite;
        }

        context.Register((int)Register.R0) = result;
        return callSite + 1;
    }

    /// <summary>What a call leaves of the registers.</summary>
    public static void Clobber(FrameState frame)
    {
        for (int register = (int)Register.R0; register <= (int)Register.R5; register++)
        {
            frame.Registers[register].SetUninitialized();
        }
    }

    /// <summary>Packets may have moved: whatever pointed into one points nowhere.</summary>
    public static void InvalidatePackets(WalkContext context)
    {
        var visitor = new PacketVisitor(context);
        context.VisitAll(ref visitor);
    }

    private int Enter(int slot, int callee)
    {
        if (context.State.FrameCount >= context.Input.Limits.MaxCallDepth)
        {
            context.Fail(
                VerificationRules.CallTooDeep,
                $"the call of {context.Input.Functions.Names[callee]} would make {context.State.FrameCount + 1} frames, expected at most {context.Input.Limits.MaxCallDepth} (Limits.MaxCallDepth)");
            return Failed;
        }

        FrameState caller = context.Frame;
        FrameState frame = Open(context, context.State, callee, slot);
        for (int register = (int)Register.R1; register <= (int)Register.R5; register++)
        {
            frame.Registers[register] = caller.Registers[register];
        }

        Clobber(caller);
        return context.Input.StartOf(callee);
    }

    /// <summary>
    /// An instruction in a function may end it with a number: that path is put off, in the caller. Where the function is the first one walked there is no
    /// caller to go on in.
    /// </summary>
    /// <returns>False when the walk ends.</returns>
    public static bool PutOffReturn(WalkContext context, in Scalar result, bool movesPackets)
    {
        FrameState callee = context.Frame;
        if (context.State.FrameCount == 1)
        {
            return true;
        }

        int next = callee.IsCallback ? callee.CallSite : callee.CallSite + 1;
        if (context.PutOff(next, context.Path) is not { } state)
        {
            return false;
        }

        state.PopFrame();
        if (!callee.IsCallback)
        {
            state.Current.Registers[(int)Register.R0].SetScalar(result, context.Provenance.Add());
        }

        if (movesPackets)
        {
            var visitor = new PacketVisitor(context);
            WalkContext.VisitAll(state, ref visitor);
        }

        return true;
    }

    /// <summary>Opens a frame with its R10.</summary>
    public static FrameState Open(WalkContext context, VerifierState state, int function, int callSite)
    {
        FrameState frame = state.PushFrame(function, callSite, context.Provenance.Add());
        frame.Instance = context.NewId();
        ref RegisterState pointer = ref frame.Registers[(int)Register.R10];
        pointer.SetPointer(ValueKind.Stack);
        pointer.Frame = (byte)(state.FrameCount - 1);
        return frame;
    }

    /// <summary>A global function is verified on its own: here it is what its type says.</summary>
    private int CallGlobal(int slot, int callee)
    {
        for (int register = (int)Register.R1; register <= (int)Register.R5; register++)
        {
            if (context.Call.Written[register] > 0 && context.Register(register).Kind == ValueKind.Stack)
            {
                stores.Overwrite(context.Register(register), 0, context.Call.Written[register]);
            }
        }

        if (context.Input.MovesPackets(callee))
        {
            InvalidatePackets(context);
        }

        Clobber(context.Frame);
        if (!context.Input.Signatures[callee].ReturnsNothing)
        {
            context.Register((int)Register.R0).SetScalar(Scalar.Unknown, context.Provenance.Add());
        }

        return slot + 1;
    }

    private readonly struct PacketVisitor(WalkContext context) : IRegisterVisitor
    {
        public void Visit(ref RegisterState register)
        {
            if (register.IsPacketPart)
            {
                Invalidate(context, ref register);
            }
        }
    }

    /// <summary>A pointer that must not be used any more: a mere number where pointers may become numbers.</summary>
    public static void Invalidate(WalkContext context, ref RegisterState register)
    {
        if (context.Input.AllowsLeaks)
        {
            register.SetScalar(Scalar.Unknown, context.Provenance.Add());
        }
        else
        {
            register.SetUninitialized();
        }
    }
}
