using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.Execution.Calls;

/// <summary>What a run has taken and must give back, whichever way it ends. Lives on the stack of the thread that runs.</summary>
internal unsafe struct RunResources
{
    public HeldReferences Held;

    /// <summary>The lock that the run holds, as an address; 0 for none. There is one at most.</summary>
    public ulong Lock;

    /// <summary>References that may be held at a time.</summary>
    public int MaxHeld;

    /// <summary>What the run was entered with, for the program that takes the place of this one.</summary>
    public ProgramEntry Entry;

    /// <summary>Takes what a helper returned.</summary>
    public void Remember(Invocation* invocation, HelperCall call, ulong result, nuint length)
    {
        if (call.Release is null || result == 0)
        {
            return;
        }

        Held.Add(new HeldReference(result, length, call.Index));
        if (Held.Count > MaxHeld)
        {
            invocation->TrapKind = TrapKind.ReferenceLeak;
        }
    }

    /// <summary>What a call releases is no longer held from the moment of the call.</summary>
    /// <returns>Whether it was held.</returns>
    public bool Forget(ulong released)
    {
        int index = Held.IndexOf(released, Held.Count);
        if (index < 0)
        {
            return false;
        }

        Held.RemoveAt(index);
        return true;
    }

    /// <summary>Notes what a call did with its lock.</summary>
    public void NoteLock(HelperCall call, ulong address) => Lock = call.Lock switch
    {
        LockEffect.Acquire => address,
        LockEffect.Release => 0,
        _ => Lock,
    };

    /// <summary>At the end of the run: gives everything back, newest first, and frees the table.</summary>
    /// <param name="calls">Of the program.</param>
    public void GiveBack(Invocation* invocation, ImmutableArray<HelperCall> calls)
    {
        if (Lock != 0)
        {
            // A run that ends inside of a critical section must not leave the others waiting.
            Leak(invocation);
            MapSpinLock.Exit(ref *(int*)Lock);
            Lock = 0;
        }

        while (Held.Count > 0)
        {
            Leak(invocation);
            HeldReference reference = Held[Held.Count - 1];
            Held.RemoveAt(Held.Count - 1);
            calls[reference.Helper].Release!.Invoke(invocation, reference.Address, 0, 0, 0, 0);
        }

        Held.Dispose();
    }

    private static void Leak(Invocation* invocation)
    {
        if (!invocation->HasTrapped)
        {
            invocation->TrapKind = TrapKind.ReferenceLeak;
        }
    }
}
