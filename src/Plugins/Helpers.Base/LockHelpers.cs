using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>
/// Locks in map values, for the few instructions in which a value is not whole; prototypes as in kernel/bpf/helpers.c. Linux keeps them from tracing programs, which may
/// interrupt each other; here programs run one after the other on a thread, so every type may lock.
/// </summary>
/// <remarks>A lock that is not given back for <see cref="MapSpinLock.Patience"/> is taken for abandoned: whoever holds one is near its end.</remarks>
public sealed unsafe class LockHelpers : HelperSet
{
    public LockHelpers()
        : base("lock")
    {
        Add(
            new HelperDescriptor("bpf_spin_lock")
            {
                Number = new(93),
                Description = "Waits for a lock in a map value and takes it; only its release may be called next.",
                Arguments = [new HelperArgument(HelperArgumentKind.SpinLock, "lock")],
                Result = HelperResult.Void,
                Lock = LockEffect.Acquire,
            },
            static (_, word, _, _, _, _) =>
            {
                if (!MapSpinLock.TryEnter(ref *(int*)word))
                {
                    Volatile.Write(ref *(int*)word, 1);
                }

                return 0;
            });
        Add(
            new HelperDescriptor("bpf_spin_unlock")
            {
                Number = new(94),
                Description = "Gives a lock in a map value back.",
                Arguments = [new HelperArgument(HelperArgumentKind.SpinLock, "lock")],
                Result = HelperResult.Void,
                Lock = LockEffect.Release,
            },
            static (_, word, _, _, _, _) =>
            {
                MapSpinLock.Exit(ref *(int*)word);
                return 0;
            });
    }
}
