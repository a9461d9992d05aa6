using Skep.Contracts;
using Skep.Programs;

namespace Skep.Execution.Calls;

/// <summary>
/// A program in the place of another one. It runs inside of the helper that calls it, in whatever engine it has, and the calling function ends when the helper returns. So frames stay
/// open below, at most <see cref="Invocation.MaximumTailCalls"/> times, as they do in Linux under a function that is not the main one.
/// </summary>
internal static unsafe class TailCall
{
    public static ulong Run(Invocation* invocation, LoadedProgram target)
    {
        ArgumentNullException.ThrowIfNull(target);
        RunResources* resources = invocation->Resources;
        if (resources == null)
        {
            throw new InvalidOperationException("A helper that makes tail calls says so in its descriptor (IsTailCall).");
        }

        if (invocation->TailCalls >= Invocation.MaximumTailCalls)
        {
            return Errno.EPERM.ToProgram();
        }

        if (target.FindBody(invocation->ProgramType) is not { } body)
        {
            return Errno.EINVAL.ToProgram();
        }

        return target.IsGone ? Errno.ENOENT.ToProgram() : Enter(invocation, body, resources);
    }

    private static ulong Enter(Invocation* invocation, ProgramBody target, RunResources* resources)
    {
        nint body = invocation->BodyHandle;
        void* engine = invocation->Engine;
        var callBack = invocation->CallBack;
        int slot = invocation->Slot;
        int tailCalls = invocation->TailCalls;
        ProgramEntry entry = resources->Entry with { Data = invocation->Packet };
        invocation->BodyHandle = target.Handle;
        invocation->TailCalls = tailCalls + 1;
        ulong result;
        try
        {
            result = LoadedProgram.Continue(target, invocation, entry);
        }
        finally
        {
            // Also when the host has no memory left: what threw becomes the helper's error value, and the caller goes on.
            invocation->Engine = engine;
            invocation->CallBack = callBack;
            invocation->Resources = resources;
            invocation->TailCalls = tailCalls;
        }

        if (invocation->HasTrapped)
        {
            // The trap's slot is the target's, and so the invocation stays the target's.
            return 0;
        }

        invocation->BodyHandle = body;
        invocation->Slot = slot;
        invocation->IsReplaced = true;
        return result;
    }
}
