using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Execution.Interpreter;

/// <summary>A helper as the interpreter calls it: what of its descriptor matters at each call, worked out once.</summary>
internal sealed unsafe class HelperCall
{
    /// <param name="index">In the program's helpers; -1 for one that only the engine calls.</param>
    public HelperCall(HelperBinding binding, int index)
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
    }

    public HelperBinding Binding { get; }

    public int Index { get; }

    public HelperArgument[] Arguments { get; }

    public HelperResult Result { get; }

    /// <summary>What gives back what this one acquires; null when it acquires nothing.</summary>
    public HelperCall? Release { get; }

    /// <summary>The argument, 1 to 5, that is released; 0 when none is.</summary>
    public int ReleasedArgument { get; }

    /// <summary>It calls back with the map, a key, a value and a context, as <c>bpf_for_each_map_elem</c> does.</summary>
    public bool WalksMap { get; }

    public LockEffect Lock { get; }

    /// <summary>The argument, 1 to 5, that is a lock; 0 when none is.</summary>
    public int LockArgument { get; }

    /// <summary>The packet may lie elsewhere after the call.</summary>
    public bool MovesPacket { get; }

    /// <summary>It takes the next element of an iterator, and so goes round a loop that nothing else bounds.</summary>
    public bool IsLoopStep { get; }

    /// <summary>Whether references must be counted.</summary>
    public bool TracksReferences => Release is not null || ReleasedArgument != 0;

    /// <summary>Calls it; what it throws is counted on the program, which gets an error value and goes on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong Invoke(Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
    {
        try
        {
            ulong result = Binding.Function(invocation, r1, r2, r3, r4, r5);
            return Result.Kind == HelperResultKind.Void ? 0 : result;
        }
#pragma warning disable CA1031 // A helper is foreign code: whatever it throws ends the call, not the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            invocation->Program.Statistics.CountHelperFault(Binding.Descriptor.Name, exception);
            return Result.Kind == HelperResultKind.Integer ? Errno.EFAULT.ToProgram() : 0;
        }
    }
}
