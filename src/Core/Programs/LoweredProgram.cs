using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Isa;
using Skep.Runtime;

namespace Skep.Programs;

/// <summary>
/// The bytecode that engines run: reachable instructions only, maps as addresses, helper calls as indices into
/// <see cref="Helpers"/> (an instruction's immediate), branch and call displacements relative to this sequence.
/// </summary>
/// <remarks>
/// Every 64-bit immediate is a <see cref="Operation.LoadImmediate64"/> with its continuation, except for addresses of functions: those
/// stay <see cref="Operation.LoadFunction"/>, whose low immediate is the displacement to the target, and each engine has its own
/// idea of what a function's address is. Named calls have become <see cref="Operation.CallHelper"/>.
/// </remarks>
public sealed class LoweredProgram
{
    private readonly Lazy<ImmutableArray<HelperCall>> _calls;

    internal LoweredProgram(VerifiedProgram verified)
    {
        Verified = verified;
        _calls = new(() => [.. Helpers.Select((binding, index) => new HelperCall(binding, index))]);
    }

    public VerifiedProgram Verified { get; }

    public ProgramSpec Spec => Verified.Linked.Spec;

    public required ImmutableArray<Instruction> Instructions { get; init; }

    /// <summary>By slot of <see cref="Instructions"/>: the slot of the spec that it stems from, for traps and dumps.</summary>
    public required ImmutableArray<int> OriginalSlots { get; init; }

    /// <summary>The first slot of each function; the first is the entry.</summary>
    public IEnumerable<SlotIndex> FunctionStarts => Functions.Select(function => function.Start);

    /// <summary>The helpers that the code may call. With calls by register, all that programs of this type and licence may call by number.</summary>
    public required ImmutableArray<HelperBinding> Helpers { get; init; }

    /// <summary>For <see cref="Operation.CallRegister"/>: kernel helper numbers to indices into <see cref="Helpers"/>. Empty when the code has no such call.</summary>
    public FrozenDictionary<int, int> HelperIndexByNumber { get; init; } = FrozenDictionary<int, int>.Empty;

    /// <summary>All maps that the code points into; each once.</summary>
    public required ImmutableArray<LoadedMap> Maps { get; init; }

    /// <summary>
    /// Slots at which control pays one unit of fuel whenever it arrives, in order; with none left it traps there (<see cref="TrapKind.FuelExhausted"/>). Beside them
    /// <c>may_goto</c> pays one each time.
    /// </summary>
    public required ImmutableArray<SlotIndex> FuelSlots { get; init; }

    /// <summary>Functions in the order of their start; the first is the entry.</summary>
    public required ImmutableArray<LoweredFunction> Functions { get; init; }

    /// <summary><see cref="Helpers"/> as engines call them.</summary>
    public ImmutableArray<HelperCall> HelperCalls => _calls.Value;

    /// <summary>Every path was proved, and calls of helpers are known: what back ends compile. Other programs run in the checked interpreter.</summary>
    public bool IsProved => Verified.Facts.Proof == Proof.Full && HelperIndexByNumber.Count == 0;

    /// <summary>Whether code looks at the <see cref="Invocation"/>: it calls helpers, loads from the packet or counts. Code that does not cannot trap.</summary>
    internal bool NeedsInvocation => !FuelSlots.IsEmpty
        || Instructions.Any(instruction => instruction.Operation is Operation.CallHelper or Operation.CallRegister or Operation.MayGoto
            || (instruction.Operation != Operation.Continuation && instruction.Row.Shape == InstructionShape.LoadPacket));

    /// <summary>The slot of the spec behind a slot of this program.</summary>
    public SlotIndex Original(int slot) => new((uint)slot < (uint)OriginalSlots.Length ? OriginalSlots[slot] : 0);
}

/// <summary>A function of a lowered program.</summary>
/// <param name="Start">Its first slot.</param>
/// <param name="Length">In slots.</param>
/// <param name="StackBytes">How far below R10 it goes, in bytes. R10 is a multiple of 16.</param>
/// <param name="ClearsStack">Those bytes are 0 when the function is entered; otherwise it reads none that it did not write.</param>
public sealed record LoweredFunction(SlotIndex Start, int Length, int StackBytes, bool ClearsStack);
