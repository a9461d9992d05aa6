using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>
/// Locks in map values, for the few instructions in which a value is not whole; prototypes as in kernel/bpf/helpers.c. Linux keeps them from tracing programs, which may
/// interrupt each other; here programs run one after the other on a thread, so every type may lock.
/// </summary>
/// <remarks>A lock that is not given back for <see cref="MapSpinLock.Patience"/> is taken for abandoned: whoever holds one is near its end.</remarks>
[HelperSet("lock")]
public sealed partial class LockHelpers
{
    [Helper("bpf_spin_lock", Number = 93, Description = "Waits for a lock in a map value and takes it; only its release may be called next.", Lock = LockEffect.Acquire)]
    private static void Enter([Argument(HelperArgumentKind.SpinLock, Name = "lock")] ref int word)
    {
        if (!MapSpinLock.TryEnter(ref word))
        {
            Volatile.Write(ref word, 1);
        }
    }

    [Helper("bpf_spin_unlock", Number = 94, Description = "Gives a lock in a map value back.", Lock = LockEffect.Release)]
    private static void Exit([Argument(HelperArgumentKind.SpinLock, Name = "lock")] ref int word) => MapSpinLock.Exit(ref word);
}
