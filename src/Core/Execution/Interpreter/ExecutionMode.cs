using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Isa;

namespace Skep.Execution.Interpreter;

/// <summary>
/// What an instantiation of the interpreter does beside the instructions themselves. Modes are empty structs, so that the JIT
/// compiles one loop for each, in which calls to a mode that does nothing are gone.
/// </summary>
internal unsafe interface IExecutionMode
{
    /// <summary>Each instruction counts fuel and helper calls are checked.</summary>
    static abstract bool IsChecked { get; }

    /// <summary>Fuel is counted at the slots that the verifier named (<see cref="Programs.ProgramFacts.FuelSlots"/>).</summary>
    static abstract bool CountsFuelSlots { get; }

    /// <summary>Before each instruction.</summary>
    /// <returns>False ends the run; the invocation has a trap then.</returns>
    static abstract bool Before(RunState* state, ulong* r, Instruction* instruction);

    /// <summary>Whether the program may access <paramref name="size"/> bytes.</summary>
    static abstract bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access);

    /// <summary>As <see cref="Allows"/>, for one indivisible step: <paramref name="size"/>, a power of two, is also the alignment.</summary>
    static abstract bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access);
}

/// <summary>For programs that the verifier proved right.</summary>
internal readonly unsafe struct Unchecked : IExecutionMode
{
    public static bool IsChecked => false;

    public static bool CountsFuelSlots => false;

    public static bool Before(RunState* state, ulong* r, Instruction* instruction) => true;

    public static bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access) => true;

    public static bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access) => true;
}

/// <summary>For programs that the verifier proved right, apart from the end of some of their loops.</summary>
internal readonly unsafe struct Fueled : IExecutionMode
{
    public static bool IsChecked => false;

    public static bool CountsFuelSlots => true;

    public static bool Before(RunState* state, ulong* r, Instruction* instruction) => true;

    public static bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access) => true;

    public static bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access) => true;
}

/// <summary>For programs of which only the structure is known.</summary>
internal readonly unsafe struct Checked : IExecutionMode
{
    public static bool IsChecked => true;

    public static bool CountsFuelSlots => false;

    public static bool Before(RunState* state, ulong* r, Instruction* instruction) => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access)
        => state->Memory.Allows((ulong)address, size, access);

    // A torn atomic would not harm the host on x86-64, but a fault on arm64 would.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access)
        => ((ulong)address & (size - 1)) == 0 && state->Memory.Allows((ulong)address, size, access);
}
