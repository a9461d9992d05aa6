using Skep.Contracts;

namespace Skep.Verification.Tests.Registries.Helpers;

/// <summary>kernel/bpf/helpers.c: locks and timers in map values, which tracing programs and socket filters may not have.</summary>
internal sealed class LockHelpers : PrototypeSet
{
    private static readonly HelperArgument SpinLock = new(HelperArgumentKind.SpinLock, "lock");

    private static readonly HelperArgument Timer = new(HelperArgumentKind.Timer, "timer");

    public LockHelpers()
        : base("lock")
    {
        Add(Prototype(93, "spin_lock", SpinLock) with { Result = HelperResult.Void, Lock = LockEffect.Acquire, ProgramTypes = [.. PacketWriters, "cgroup_skb"] });
        Add(Prototype(94, "spin_unlock", SpinLock) with { Result = HelperResult.Void, Lock = LockEffect.Release, ProgramTypes = [.. PacketWriters, "cgroup_skb"] });
        Add(Prototype(169, "timer_init", Timer, Map(MapOperations.None), Flags) with { IsGplOnly = true });
        Add(Prototype(171, "timer_start", Timer, Number("nsecs"), Flags) with { IsGplOnly = true });
        Add(Prototype(172, "timer_cancel", Timer) with { IsGplOnly = true });
    }
}
