using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Engines.Tests.Security;

/// <summary>Helpers under names of the kernel's that throw, block and keep count of what is held.</summary>
internal sealed unsafe class HostileHelpers : HelperSet
{
    public const ulong Given = 0x5eed_0000;

    /// <summary>Flags of <c>bpf_loop</c>: throw when all rounds are over.</summary>
    public const int ThrowsAtEnd = 7;

    private static readonly HelperArgument Flags = new(HelperArgumentKind.Anything, "flags");

    private int _held;
    private int _acquired;

    public HostileHelpers()
        : base("hostile")
    {
        var round = new CallbackDescriptor([CallbackArgumentKind.Number, CallbackArgumentKind.Context]) { CountArgument = 0 };
        Add(Helper(5, "bpf_ktime_get_ns"), (_, _, _, _, _, _) => throw new InvalidOperationException("broken"));
        Add(Helper(8, "bpf_get_smp_processor_id"), (_, _, _, _, _, _) => Wait());
        Add(
            Helper(181, "bpf_loop", new(HelperArgumentKind.Anything, "nr_loops"), new(HelperArgumentKind.Function, "callback_fn") { Callback = round }, new(HelperArgumentKind.StackOrNull, "ctx"), Flags),
            Loop);
        Add(
            Helper(84, "bpf_sk_lookup_tcp", new(HelperArgumentKind.Context, "ctx"), new(HelperArgumentKind.ReadableMemory, "tuple"), new(HelperArgumentKind.Size, "size"), Flags, Flags) with
            {
                Result = new HelperResult(HelperResultKind.ObjectOrNull) { ObjectType = "sock", ReleasedBy = "bpf_sk_release" },
            },
            (_, _, _, _, _, _) => Acquire());
        Add(
            Helper(86, "bpf_sk_release", new HelperArgument(HelperArgumentKind.Object, "sock", HelperArgumentFlags.Releases) { ObjectType = "sock" }),
            (_, _, _, _, _, _) => Release());
        var spinLock = new HelperArgument(HelperArgumentKind.SpinLock, "lock");
        Add(Helper(93, "bpf_spin_lock", spinLock) with { Result = HelperResult.Void, Lock = LockEffect.Acquire }, (_, word, _, _, _, _) => SetLock(word, 1));
        Add(Helper(94, "bpf_spin_unlock", spinLock) with { Result = HelperResult.Void, Lock = LockEffect.Release }, (_, word, _, _, _, _) => SetLock(word, 0));
    }

    /// <summary>References that programs hold at the moment.</summary>
    public int Held => Volatile.Read(ref _held);

    public int Acquired => Volatile.Read(ref _acquired);

    /// <summary>Set when <c>bpf_get_smp_processor_id</c> is called, which then waits for <see cref="GoOn"/>.</summary>
    public ManualResetEventSlim Arrived { get; } = new();

    public ManualResetEventSlim GoOn { get; } = new(initialState: true);

    /// <summary>What <c>bpf_get_smp_processor_id</c> does first.</summary>
    public Action? OnCall { get; set; }

    private static HelperDescriptor Helper(int number, string name, params ImmutableArray<HelperArgument> arguments)
        => new(name) { Number = new HelperNumber(number), Arguments = arguments };

    private static ulong Loop(Invocation* invocation, ulong times, ulong function, ulong context, ulong flags, ulong r5)
    {
        ulong round = 0;
        while (round < times && !invocation->HasTrapped)
        {
            Invocation.Call(invocation, function, round++, context);
        }

        return flags == ThrowsAtEnd ? throw new NotSupportedException("at the end") : round;
    }

    private static ulong SetLock(ulong word, int value)
    {
        Volatile.Write(ref *(int*)word, value);
        return 0;
    }

    private ulong Wait()
    {
        OnCall?.Invoke();
        Arrived.Set();
        GoOn.Wait();
        return 4;
    }

    private ulong Acquire()
    {
        Interlocked.Increment(ref _held);
        return Given + ((ulong)Interlocked.Increment(ref _acquired) * 64);
    }

    private ulong Release()
    {
        Interlocked.Decrement(ref _held);
        return 0;
    }
}
