using Skep.Contracts;

namespace Skep.Jit.Cil.Emission;

/// <summary>Delegates of functions by the number of registers that they take: the way to have the .NET JIT compile a function before it is called.</summary>
internal static unsafe class EntryTypes
{
    private static readonly Type[] ByCount = [typeof(Entry0), typeof(Entry1), typeof(Entry2), typeof(Entry3), typeof(Entry4), typeof(CompiledEntry)];

    public delegate ulong Entry0(Invocation* invocation);

    public delegate ulong Entry1(Invocation* invocation, ulong first);

    public delegate ulong Entry2(Invocation* invocation, ulong first, ulong second);

    public delegate ulong Entry3(Invocation* invocation, ulong first, ulong second, ulong third);

    public delegate ulong Entry4(Invocation* invocation, ulong first, ulong second, ulong third, ulong fourth);

    public static Type Of(int count) => ByCount[count];
}
