using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution.Calls;
using Skep.Isa;

namespace Skep.Execution.Interpreter;

/// <summary>One run: its frames and what it may touch. Lives on the stack of the thread that runs.</summary>
internal unsafe struct RunState
{
    public Invocation* Invocation;

    /// <summary>A local variable of <see cref="Interpreter{TMode}.Run"/> that holds the interpreter.</summary>
    public void* Interpreter;

    /// <summary>The first instruction.</summary>
    public Instruction* Code;

    public ProgramMemory Memory;
    public RunResources* Resources;

    /// <summary>Frames below the first: 0 while the main function runs.</summary>
    public int Depth;

    /// <summary>The depth at which <c>exit</c> leaves the program, or the callback under way.</summary>
    public int Floor;

    /// <summary>What is left of <see cref="InvocationLayout.MayGotoBudget"/> in the frame that runs.</summary>
    public int MayGoto;

    /// <summary>The map that the helper under way walks for the program; -1 when none does.</summary>
    public int WalkedMap;

    private SavedFrame* _saved;
    private byte* _stackTop;
    private int _frameBytes;
    private int _maxDepth;
    private bool _clearsFrames;

    /// <param name="stack">Room for all frames; the program's stack grows down from its end.</param>
    /// <param name="saved">As many as frames.</param>
    /// <param name="clearsFrames">Whether the program may see what is in a frame at first.</param>
    public void Begin(byte* stack, SavedFrame* saved, int frames, int frameBytes, bool clearsFrames)
    {
        _saved = saved;
        _stackTop = stack + ((nint)frames * frameBytes);
        _frameBytes = frameBytes;
        _maxDepth = frames - 1;
        _clearsFrames = clearsFrames;
        Depth = 0;
        Floor = 0;
        WalkedMap = -1;
        OpenFrame();
    }

    /// <summary>R10 of the frame that runs.</summary>
    public readonly ulong FramePointer => (ulong)(_stackTop - ((nint)Depth * _frameBytes));

    /// <summary>Of each frame.</summary>
    public readonly int FrameBytes => _frameBytes;

    public readonly int SlotOf(Instruction* instruction) => (int)(instruction - Code);

    /// <summary>Saves what a call preserves and opens a frame.</summary>
    /// <returns>False when the limit is reached; nothing has changed then.</returns>
    public bool Push(ulong* r, Instruction* call)
    {
        if (Depth >= _maxDepth)
        {
            return false;
        }

        SavedFrame* frame = _saved + Depth;
        frame->Call = call;
        frame->R6 = r[6];
        frame->R7 = r[7];
        frame->R8 = r[8];
        frame->R9 = r[9];
        frame->R10 = r[10];
        frame->MayGoto = MayGoto;
        Depth++;
        OpenFrame();
        r[10] = FramePointer;
        return true;
    }

    /// <summary>Closes the frame and gives the registers back.</summary>
    /// <returns>The call that opened it.</returns>
    public Instruction* Pop(ulong* r)
    {
        Depth--;
        SavedFrame* frame = _saved + Depth;
        r[6] = frame->R6;
        r[7] = frame->R7;
        r[8] = frame->R8;
        r[9] = frame->R9;
        r[10] = frame->R10;
        MayGoto = frame->MayGoto;
        Memory.Stack = ActiveStack();
        return frame->Call;
    }

    /// <summary>Whether <c>may_goto</c> may go round once more.</summary>
    public bool MayGoOn()
    {
        if (MayGoto == 0)
        {
            return false;
        }

        MayGoto--;
        return true;
    }

    /// <summary>R0 = packet[offset], from network byte order.</summary>
    /// <returns>False when that lies outside: the function then returns 0, as in Linux.</returns>
    public readonly bool LoadPacket(ulong* r, int offset, int size)
    {
        MemoryRegion packet = Memory.Data;
        bool inside = offset >= 0 && (packet.Access & MemoryAccess.Read) != 0
            && (nuint)offset <= packet.Length && (nuint)size <= packet.Length - (nuint)offset;
        byte* address = (byte*)packet.Address + offset;
        r[0] = (inside, size) switch
        {
            (false, _) => 0,
            (_, 1) => *address,
            (_, 2) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(address)),
            _ => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(address)),
        };
        return inside;
    }

    private void OpenFrame()
    {
        MayGoto = InvocationLayout.MayGotoBudget;
        if (_clearsFrames)
        {
            Unsafe.InitBlockUnaligned((byte*)FramePointer - _frameBytes, 0, (uint)_frameBytes);
        }

        Memory.Stack = ActiveStack();
    }

    private readonly MemoryRegion ActiveStack()
    {
        nint length = (nint)(Depth + 1) * _frameBytes;
        return new MemoryRegion((nint)_stackTop - length, (nuint)length, MemoryAccess.ReadWrite);
    }
}

/// <summary>What a call preserves.</summary>
internal unsafe struct SavedFrame
{
    public Instruction* Call;
    public ulong R6;
    public ulong R7;
    public ulong R8;
    public ulong R9;
    public ulong R10;
    public int MayGoto;
}
