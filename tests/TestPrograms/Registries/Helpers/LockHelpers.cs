using System.Collections.Immutable;
using Skep.Contracts;

namespace Skep.TestPrograms.Registries.Helpers;

/// <summary>kernel/bpf/helpers.c: locks and timers in map values, which tracing programs may not have; nor socket filters locks.</summary>
internal sealed class LockHelpers : PrototypeSet
{
    private static readonly HelperArgument SpinLock = new(HelperArgumentKind.SpinLock, "lock");

    private static readonly HelperArgument Timer = new(HelperArgumentKind.Timer, "timer");

    private static readonly ImmutableArray<string> LockUsers = [.. PacketWriters, "cgroup_skb", "cgroup_sock_addr"];

    private static readonly CallbackDescriptor Expiry = new([CallbackArgumentKind.Map, CallbackArgumentKind.MapKey, CallbackArgumentKind.MapValue])
    {
        IsAsynchronous = true,
        Returns = new ReturnRange(0, 0),
    };

    public LockHelpers()
        : base("lock")
    {
        Add(Prototype(93, "spin_lock", SpinLock) with { Result = HelperResult.Void, Lock = LockEffect.Acquire, ProgramTypes = LockUsers });
        Add(Prototype(94, "spin_unlock", SpinLock) with { Result = HelperResult.Void, Lock = LockEffect.Release, ProgramTypes = LockUsers });
        Add(OfTimer(169, "timer_init", Map(MapOperations.None), Flags));
        Add(OfTimer(170, "timer_set_callback", new HelperArgument(HelperArgumentKind.Function, "callback_fn") { Callback = Expiry }));
        Add(OfTimer(171, "timer_start", Number("nsecs"), Flags));
        Add(OfTimer(172, "timer_cancel"));
    }

    private static HelperDescriptor OfTimer(int number, string name, params ReadOnlySpan<HelperArgument> arguments) =>
        Prototype(number, name, [Timer, .. arguments]) with { IsGplOnly = true, ProgramTypes = [.. PacketWriters, "socket_filter", "cgroup_skb", "cgroup_sock_addr"] };
}
