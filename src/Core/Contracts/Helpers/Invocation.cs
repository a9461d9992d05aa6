using System.Runtime.InteropServices;
using Skep.Execution.Calls;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>
/// One run of a program, as helpers see it. It lives on the stack of the thread that runs; pointers to it are valid until the run ends. Native
/// code gets the same pointer, so it holds no managed reference.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Invocation
{
    /// <summary>How often one run may go on in another program (Linux: MAX_TAIL_CALL_CNT).</summary>
    public const int MaximumTailCalls = 33;

    // These come first and in this order: code knows them by InvocationLayout.
    internal ulong Fuel;
    internal ulong TrapAddress;
    internal int Slot;
    internal TrapKind TrapKind;
    internal bool IsReplaced;
    private MemoryRegion _packet;

    private EventOrigin* _origin;
    private nint _body;
    internal delegate*<Invocation*, ulong, ulong, ulong, ulong, ulong, ulong, ulong> CallBack;
    internal void* Engine;
    internal RunResources* Resources;
    private ulong _context;

    // The three of them only where the program makes tail calls.
    internal ulong ContextBytes;
    internal int TailCalls;
    internal int JumpType;

    /// <summary>
    /// Makes uninitialised memory the start of a run. Written member by member, and no more than is needed: this is a good part of what a run of a short program costs. What
    /// is left out is written by the engine before it is read.
    /// </summary>
    /// <param name="body">A handle of the <see cref="ProgramBody"/>.</param>
    /// <param name="origin">Stays valid until the run ends.</param>
    internal void Begin(nint body, EventOrigin* origin)
    {
        TrapAddress = 0;
        Slot = 0;
        TrapKind = TrapKind.None;
        _body = body;
        _origin = origin;
    }

    /// <summary>R1 at the program's entry: the context, for helpers that use it without being given it.</summary>
    public ulong Context
    {
        readonly get => _context;
        internal set => _context = value;
    }

    /// <summary>
    /// The packet, as <see cref="ProgramEntry.Data"/> gave it at first. A helper that moves its ends says so here as well as in the context
    /// (<see cref="HelperDescriptor.InvalidatesPackets"/>); engines that check hold programs to it.
    /// </summary>
    public MemoryRegion Packet
    {
        readonly get => _packet;
        set => _packet = value;
    }

    public readonly EventOrigin Origin => *_origin;

    internal readonly EventOrigin* OriginPointer => _origin;

    /// <summary>The program that runs.</summary>
    public readonly LoadedProgram Program => Body.Program;

    /// <summary>The program's type in this run, which <see cref="LoadedProgram.ProgramType"/> may no longer be when the plugin was upgraded meanwhile.</summary>
    public readonly IProgramType ProgramType => Body.Type;

    internal readonly ProgramBody Body => (ProgramBody)GCHandle.FromIntPtr(_body).Target!;

    internal nint BodyHandle
    {
        readonly get => _body;
        set => _body = value;
    }

    /// <summary>Calls a function of the program from a helper that was given it as <see cref="HelperArgumentKind.Function"/>.</summary>
    /// <param name="function">The argument's value.</param>
    /// <returns>The function's R0; 0 when it trapped, and then <see cref="HasTrapped"/> and the helper returns at once.</returns>
    public static ulong Call(Invocation* invocation, ulong function, ulong r1 = 0, ulong r2 = 0, ulong r3 = 0, ulong r4 = 0, ulong r5 = 0)
        => invocation->CallBack(invocation, function, r1, r2, r3, r4, r5);

    /// <summary>
    /// Puts another program in the place of the function that called the helper, which declares <see cref="HelperDescriptor.IsTailCall"/>: the program runs on the same
    /// context and with what is left of the fuel, and when the helper returns, that function is over, with R0 as it came.
    /// </summary>
    /// <param name="target">Of the same program type as the one that runs.</param>
    /// <returns>
    /// The target's R0; an error, as <see cref="Errno"/> gives it to programs, when there were <see cref="MaximumTailCalls"/> in this run (<c>EPERM</c>), or the target is of another type,
    /// or of another version of its plugin (<c>EINVAL</c>) or unloaded (<c>ENOENT</c>): the calling program goes on then.
    /// </returns>
    public static ulong TailCall(Invocation* invocation, LoadedProgram target) => Execution.Calls.TailCall.Run(invocation, target);

    /// <summary>The run is over: a call back trapped.</summary>
    public readonly bool HasTrapped => TrapKind != TrapKind.None;
}
