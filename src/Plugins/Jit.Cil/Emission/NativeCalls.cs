using System.Reflection;
using Skep.Contracts;

namespace Skep.Jit.Cil.Emission;

/// <summary>Calls of helpers that are C functions. They are so short that the collector need not be told (<see cref="INativeHelperSet"/>).</summary>
internal static unsafe class NativeCalls
{
    private static readonly MethodInfo[] Methods = [Method(nameof(WithoutArguments)), Method(nameof(WithAll))];

    /// <summary>Takes the function's address, the invocation, and R1 to R5 where a helper has arguments.</summary>
    public static MethodInfo For(bool hasArguments) => Methods[hasArguments ? 1 : 0];

    public static ulong WithoutArguments(nint function, Invocation* invocation)
        => ((delegate* unmanaged[SuppressGCTransition]<Invocation*, ulong>)function)(invocation);

    public static ulong WithAll(nint function, Invocation* invocation, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        => ((delegate* unmanaged[SuppressGCTransition]<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong>)function)(invocation, r1, r2, r3, r4, r5);

    private static MethodInfo Method(string name) => typeof(NativeCalls).GetMethod(name)!;
}
