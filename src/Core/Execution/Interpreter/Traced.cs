using Skep.Contracts;
using Skep.Isa;

namespace Skep.Execution.Interpreter;

/// <summary>Watches a run, instruction by instruction; for tests. Implementations are empty structs, and keep what they see by thread.</summary>
internal unsafe interface ITrace
{
    /// <summary>Before an instruction. Registers and memory may be changed.</summary>
    /// <param name="slot">The instruction's slot in the spec.</param>
    /// <returns>False ends the run; the trace has then written a trap to the invocation.</returns>
    static abstract bool Before(RunState* state, ulong* r, int slot);
}

/// <summary>As <typeparamref name="TMode"/>, and watched.</summary>
internal readonly unsafe struct Traced<TTrace, TMode> : IExecutionMode
    where TTrace : struct, ITrace
    where TMode : struct, IExecutionMode
{
    public static bool IsChecked => TMode.IsChecked;

    public static bool CountsFuelSlots => TMode.CountsFuelSlots;

    public static bool Before(RunState* state, ulong* r, Instruction* instruction)
        => TTrace.Before(state, r, state->Invocation->Body.Lowered.OriginalSlots[state->SlotOf(instruction)]);

    public static bool Allows(RunState* state, byte* address, ulong size, MemoryAccess access) => TMode.Allows(state, address, size, access);

    public static bool AllowsAtomic(RunState* state, byte* address, ulong size, MemoryAccess access) => TMode.AllowsAtomic(state, address, size, access);
}
