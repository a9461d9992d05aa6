using System.Runtime.CompilerServices;
using Skep.Contracts;

namespace Skep.Execution.Interpreter;

/// <summary>
/// What an instantiation of the interpreter does beside the instructions themselves. Modes are empty structs, so that the JIT
/// compiles one loop for each, in which calls to a mode that does nothing are gone.
/// </summary>
internal unsafe interface IExecutionMode
{
    /// <summary>Fuel is counted and helper calls are checked.</summary>
    static abstract bool IsChecked { get; }

    /// <summary>Whether the program may access <paramref name="size"/> bytes.</summary>
    static abstract bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access);

    /// <summary>As <see cref="Allows"/>, for one indivisible step: <paramref name="size"/>, a power of two, is also the alignment.</summary>
    static abstract bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access);
}

/// <summary>For programs that the verifier proved right.</summary>
internal readonly unsafe struct Unchecked : IExecutionMode
{
    public static bool IsChecked => false;

    public static bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access) => true;

    public static bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access) => true;
}

/// <summary>For programs of which only the structure is known.</summary>
internal readonly unsafe struct Checked : IExecutionMode
{
    public static bool IsChecked => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access)
        => state->Memory.Allows((ulong)address, size, access);

    // A torn atomic would not harm the host on x86-64, but a fault on arm64 would.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access)
        => ((ulong)address & (size - 1)) == 0 && state->Memory.Allows((ulong)address, size, access);
}
