using Skep.Execution.Interpreter;
using Skep.Isa;
using Skep.Verification.Walk;

namespace Skep.Verification.Tests.Soundness;

/// <summary>The open frames of a run, as a trace can tell them.</summary>
internal sealed unsafe class Frames
{
    public const int Most = 64;

    private readonly ulong[] _pointers = new ulong[Most];
    private readonly int[] _functions = new int[Most];
    private readonly int[] _callSites = new int[Most];
    private readonly int[] _bases = new int[Most];
    private VerifierInput _input = null!;
    private int _lastSlot;
    private int _lastDepth;
    private Instruction _last;

    public int Depth { get; private set; }

    /// <summary>The instruction before was this one, in the frame that is open now, and control was not elsewhere in between.</summary>
    public int SlotBefore => _lastSlot;

    public int DepthBefore => _lastDepth;

    public Instruction InstructionBefore => _last;

    /// <summary>The depth of the function whose walk the frame is part of: a global function is walked on its own.</summary>
    public int Base => _bases[Depth];

    public ulong Pointer(int depth) => depth < Most ? _pointers[depth] : 0;

    public int CallSite(int depth) => _callSites[depth];

    public int Function(int depth) => _functions[depth];

    public void Begin(VerifierInput input)
    {
        _input = input;
        _lastDepth = -1;
        _lastSlot = -1;
        _last = default;
    }

    /// <summary>An instruction is about to run.</summary>
    /// <returns>It is the first of a frame.</returns>
    public bool Arrive(RunState* state, int slot)
    {
        Depth = state->Depth;
        bool isFresh = Depth > _lastDepth || (Depth == _lastDepth && _last.Operation == Operation.Exit);
        if (isFresh)
        {
            _pointers[Depth] = state->FramePointer;
            _functions[Depth] = _input.FunctionAt(slot);
            bool isGlobal = _last.Operation == Operation.CallLocal && _input.Signatures[_functions[Depth]].IsGlobal;
            _callSites[Depth] = Depth > _lastDepth ? _lastSlot : _callSites[Depth];
            _bases[Depth] = Depth == 0 || isGlobal ? Depth : _bases[Depth - 1];
        }

        return isFresh;
    }

    public void Leave(int slot, Instruction instruction)
    {
        _lastSlot = slot;
        _lastDepth = Depth;
        _last = instruction;
    }

    /// <summary>The frame that an address lies in, as a depth; -1 when it lies in none.</summary>
    public int Find(RunState* state, ulong address)
    {
        for (int depth = 0; depth <= Depth; depth++)
        {
            if (address < _pointers[depth] && address >= _pointers[depth] - (ulong)state->FrameBytes)
            {
                return depth;
            }
        }

        return -1;
    }
}
