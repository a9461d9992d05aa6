namespace Skep.Contracts;

/// <summary>Where compiled code finds what it needs in the <see cref="Invocation"/>: offsets in bytes, part of the contract between back ends and the core.</summary>
public static class InvocationLayout
{
    /// <summary>8 bytes: what is left of the run's fuel.</summary>
    public const int Fuel = 0;

    /// <summary>8 bytes: see <see cref="Trap.Address"/>.</summary>
    public const int TrapAddress = 8;

    /// <summary>4 bytes: the lowered slot of the helper call under way, or of the trap.</summary>
    public const int Slot = 16;

    /// <summary>1 byte: a <see cref="Contracts.TrapKind"/>; anything but 0 means that the run is over.</summary>
    public const int TrapKind = 20;

    /// <summary>1 byte: not 0 after a helper that may be a tail call when another program took the place of the function, which then ends with R0 as it is.</summary>
    public const int IsReplaced = 21;

    /// <summary>8 bytes: of the packet's first byte.</summary>
    public const int PacketAddress = 24;

    /// <summary>8 bytes: of the packet, in bytes.</summary>
    public const int PacketLength = 32;

    /// <summary>1 byte: a <see cref="MemoryAccess"/>.</summary>
    public const int PacketAccess = 40;

    /// <summary>8 bytes: the address of the event's <see cref="EventOrigin"/>.</summary>
    public const int Origin = 48;

    /// <summary>1 byte at the event's origin: <see cref="EventOrigin.IsKnown"/>.</summary>
    public const int OriginIsKnown = 0;

    /// <summary>4 bytes at the event's origin: <see cref="EventOrigin.Cpu"/>.</summary>
    public const int OriginCpu = 12;

    /// <summary>8 bytes: the program that runs, for <see cref="JumpLayout"/>.</summary>
    public const int Program = 56;

    /// <summary>8 bytes: what runs it, for <see cref="JumpLayout"/>.</summary>
    public const int Engine = 72;

    /// <summary>8 bytes: R1 as the run began with it.</summary>
    public const int Context = 88;

    /// <summary>8 bytes: of the context that the run began with, in bytes; 0 where R1 is no address of it. Like the next two only in programs that make tail calls.</summary>
    public const int ContextBytes = 96;

    /// <summary>4 bytes: how often the run has gone on in another program; at most <see cref="Invocation.MaximumTailCalls"/>.</summary>
    public const int TailCalls = 104;

    /// <summary>4 bytes: a number for the program's type, the same in all programs of it, and in none of another.</summary>
    public const int JumpType = 108;

    /// <summary>How often <c>may_goto</c> falls through before it jumps, in each frame (Linux: BPF_MAX_LOOPS).</summary>
    public const int MayGotoBudget = 8 * 1024 * 1024;
}
