using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Execution.Calls;

/// <summary>
/// A helper as a program calls it: what of its descriptor matters at each call, worked out once. Back ends that make managed code call helpers through
/// <see cref="Call"/>, native code reaches it through the helper's cell.
/// </summary>
public sealed unsafe class HelperCall
{
    private readonly bool _returnsNothing;

    /// <param name="index">In the program's helpers; -1 for one that only the engine calls.</param>
    internal HelperCall(HelperBinding binding, int index)
    {
        HelperDescriptor descriptor = binding.Descriptor;
        Binding = binding;
        Index = index;
        Arguments = [.. descriptor.Arguments];
        Result = descriptor.Result;
        Release = index >= 0 && binding.ReleasedBy is { } release && descriptor.Result.IsPointer ? new HelperCall(release, -1) : null;
        Lock = descriptor.Lock;
        LockArgument = 1 + Array.FindIndex(Arguments, argument => argument.Kind == HelperArgumentKind.SpinLock);
        MovesPacket = descriptor.InvalidatesPackets;
        ReleasedArgument = 1 + Array.FindIndex(Arguments, argument => argument.Releases);
        IsLoopStep = Array.Exists(Arguments, argument => argument is { Kind: HelperArgumentKind.Iterator, Releases: false }
            && (argument.Flags & HelperArgumentFlags.Uninitialized) == 0);
        WalksMap = Array.Exists(Arguments, argument => argument.Kind == HelperArgumentKind.Function)
            && Array.Exists(Arguments, argument => (argument.Operations & MapOperations.ForEach) != 0);
        CallsBack = Array.Exists(Arguments, argument => argument.Kind == HelperArgumentKind.Function && argument.Callback is not { IsAsynchronous: true });
        IsTailCall = descriptor.IsTailCall;
        _returnsNothing = Result.Kind == HelperResultKind.Void && !IsTailCall;
        HasEffects = TracksReferences || IsLoopStep || IsTailCall || Lock != LockEffect.None;
        MayTrap = CallsBack || IsLoopStep || IsTailCall || Release is not null;
    }

    public HelperBinding Binding { get; }

    /// <summary>In <see cref="Programs.LoweredProgram.Helpers"/>.</summary>
    public int Index { get; }

    internal HelperArgument[] Arguments { get; }

    internal HelperResult Result { get; }

    /// <summary>What gives back what this one acquires; null when it acquires nothing.</summary>
    internal HelperCall? Release { get; }

    /// <summary>The argument, 1 to 5, that is released; 0 when none is.</summary>
    internal int ReleasedArgument { get; }

    /// <summary>It calls back with the map, a key, a value and a context, as <c>bpf_for_each_map_elem</c> does.</summary>
    internal bool WalksMap { get; }

    internal LockEffect Lock { get; }

    /// <summary>The argument, 1 to 5, that is a lock; 0 when none is.</summary>
    internal int LockArgument { get; }

    /// <summary>The packet may lie elsewhere after the call.</summary>
    internal bool MovesPacket { get; }

    /// <summary>It takes the next element of an iterator, and so goes round a loop that nothing else bounds.</summary>
    internal bool IsLoopStep { get; }

    /// <summary>Whether references must be counted.</summary>
    internal bool TracksReferences => Release is not null || ReleasedArgument != 0;

    /// <summary>Another program may have taken the place of the calling function when it returns (<see cref="InvocationLayout.IsReplaced"/>).</summary>
    public bool IsTailCall { get; }

    /// <summary>Machine code may do the tail call by itself (<see cref="JumpLayout"/>).</summary>
    public bool CallsElement => IsTailCall && Binding.Descriptor.Intrinsic == HelperIntrinsic.TailCall;

    /// <summary>It may call functions of the program before it returns.</summary>
    internal bool CallsBack { get; }

    /// <summary>Something has to be noted, counted or given back around the call; without, <see cref="Invoke"/> is all of it.</summary>
    public bool HasEffects { get; }

    /// <summary>After the call the run may be over (<see cref="Invocation.HasTrapped"/>): the code then leaves at once.</summary>
    public bool MayTrap { get; }

    /// <summary>
    /// The address of a C function that does what the helper does (<see cref="INativeHelperSet"/>), where nothing is to be done around the call; else 0. Code may call it
    /// with the C arguments invocation, R1 to R5, of which the last may be left out that the prototype does not have, without telling the collector.
    /// </summary>
    public nint NativeFunction => HasEffects || MayTrap || MovesPacket ? 0 : Binding.NativeFunction;

    /// <summary>
    /// The call as every engine does it for a proved program: with the fuel of iterators, with references and locks noted, and with exceptions
    /// turned into the helper's error value.
    /// </summary>
    /// <param name="slot">Of the call in the lowered program.</param>
    /// <returns>R0. Where <see cref="MayTrap"/>, the caller looks at <see cref="Invocation.HasTrapped"/> before it goes on.</returns>
    public ulong Call(Invocation* invocation, int slot, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        invocation->Slot = slot;
        return HasEffects ? CallWithEffects(invocation, r1, r2, r3, r4, r5) : Invoke(invocation, r1, r2, r3, r4, r5);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong CallWithEffects(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        if (IsLoopStep && !RunFuel.Take(invocation, RunFuel.Callback))
        {
            return 0;
        }

        if (IsTailCall)
        {
            invocation->IsReplaced = false;
        }

        ulong* r = stackalloc ulong[] { 0, r1, r2, r3, r4, r5 };
        RunResources* resources = invocation->Resources;
        if (ReleasedArgument > 0)
        {
            resources->Forget(r[ReleasedArgument]);
        }

        ulong result = Invoke(invocation, r1, r2, r3, r4, r5);
        resources->Remember(invocation, this, result, 0);
        if (Lock != LockEffect.None && !invocation->HasTrapped)
        {
            resources->NoteLock(this, r[LockArgument]);
        }

        return result;
    }

    /// <summary>
    /// Calls it; what it throws is counted on the program, which gets an error value and goes on. The short way of <see cref="Call"/> for managed
    /// code: only where <see cref="HasEffects"/> is false, and after the call's slot was written to <see cref="InvocationLayout.Slot"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong Invoke(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        try
        {
            return InvokeUnguarded(invocation, r1, r2, r3, r4, r5);
        }
#pragma warning disable CA1031 // A helper is foreign code: whatever it throws ends the call, not the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(invocation, exception);
        }
    }

    /// <summary>As <see cref="Invoke"/>, for who catches what it throws and goes on with <see cref="Fail"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong InvokeUnguarded(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        ulong result = Binding.Function(invocation, r1, r2, r3, r4, r5);
        return _returnsNothing ? 0 : result;
    }

    /// <summary>Counts what the helper threw.</summary>
    /// <returns>R0 in the place of its result.</returns>
    internal ulong Fail(Invocation* invocation, Exception exception)
    {
        invocation->Program.Statistics.CountHelperFault(Binding.Descriptor.Name, exception);
        return Result.Kind == HelperResultKind.Integer ? Errno.EFAULT.ToProgram() : 0;
    }
}
