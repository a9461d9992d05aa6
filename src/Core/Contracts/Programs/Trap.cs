using System.Runtime.CompilerServices;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>Why a run ended before its <c>exit</c>; a closed set.</summary>
public enum TrapKind : byte
{
    /// <summary>It did not: the program returned.</summary>
    None,

    /// <summary>A helper threw. The helper's error value was returned and the program went on; counted, never the end of a run.</summary>
    HelperThrew,

    /// <summary>The run used up its fuel.</summary>
    FuelExhausted,

    /// <summary>Memory that is not the program's own was touched (checked engines only), or the event is shorter than what was proved of the program takes it to be.</summary>
    MemoryAccess,

    /// <summary>An instruction that the verifier excludes was met (checked engines only).</summary>
    InvalidInstruction,

    /// <summary>Calls went deeper than the limit (checked engines only).</summary>
    CallDepth,

    /// <summary>A helper was called with an argument outside its prototype (checked engines only).</summary>
    HelperArgument,

    /// <summary>The program ended without releasing what it acquired; the engine released it.</summary>
    ReferenceLeak,

    /// <summary>The helper's provider has gone (its slot refuses), or the program was unloaded.</summary>
    ProviderGone,
}

/// <summary>An abnormal end of a run: what happened and at which slot of the program as it was loaded from its file.</summary>
/// <param name="Address">The memory address for <see cref="TrapKind.MemoryAccess"/>, the argument's number (1 to 5) for <see cref="TrapKind.HelperArgument"/>, else 0.</param>
public readonly record struct Trap(TrapKind Kind, SlotIndex Slot, ulong Address = 0)
{
    public static readonly Trap None;

    public bool Happened => Kind != TrapKind.None;
}

/// <summary>How a run ended.</summary>
public readonly record struct RunResult
{
    private const int KindBits = 8;

    // Two registers, in which it is returned: what would lie in memory would be read in other pieces than it is written, and that takes as long as a short run.
    private readonly ulong _valueOrAddress;
    private readonly ulong _slotAndKind;

    /// <param name="value">R0; does not matter after a trap.</param>
    public RunResult(ulong value, Trap trap)
    {
        _valueOrAddress = trap.Happened ? trap.Address : value;
        _slotAndKind = trap.Happened ? ((ulong)(uint)trap.Slot.Value << KindBits) | (ulong)trap.Kind : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RunResult(ulong value) => _valueOrAddress = value;

    /// <summary>R0, and 0 after a trap.</summary>
    public ulong Value => Completed ? _valueOrAddress : 0;

    /// <summary>What ended it, or <see cref="Trap.None"/>.</summary>
    public Trap Trap => Completed ? default : new Trap((TrapKind)_slotAndKind, new SlotIndex((int)(_slotAndKind >> KindBits)), _valueOrAddress);

    public bool Completed => _slotAndKind == 0;
}
