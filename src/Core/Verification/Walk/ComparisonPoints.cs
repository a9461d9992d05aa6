using Skep.Contracts;
using Skep.Isa;

namespace Skep.Verification.Walk;

/// <summary>
/// Where states are compared with earlier ones: at branches and where they lead, after calls of functions, and, always, where a loop of the
/// runtime's goes round (an iterator, <c>may_goto</c>, a helper that calls back).
/// </summary>
internal sealed class ComparisonPoints
{
    private readonly bool[] _isPoint;
    private readonly LoopKind[] _loops;

    private ComparisonPoints(int slots)
    {
        _isPoint = new bool[slots];
        _loops = new LoopKind[slots];
    }

    public bool IsPoint(int slot) => _isPoint[slot];

    /// <summary>What goes round at a slot; a state is kept there each time.</summary>
    public LoopKind LoopAt(int slot) => _loops[slot];

    public static ComparisonPoints Find(VerifierInput input)
    {
        var points = new ComparisonPoints(input.Code.Length);
        for (int slot = 0; slot < input.Code.Length; slot++)
        {
            points.Look(input, slot);
        }

        return points;
    }

    private void Look(VerifierInput input, int slot)
    {
        OpcodeRow row = input.Rows[slot];
        Instruction instruction = input.Code[slot];
        if (row.IsBranch)
        {
            Mark(instruction.TargetFrom(slot));
            _isPoint[slot] |= row.IsConditional;
        }

        if (row.Shape == InstructionShape.MayGoto)
        {
            _loops[slot] = LoopKind.MayGoto;
        }
        else if (instruction.Operation == Operation.CallLocal)
        {
            Mark(slot + 1);
        }
        else if (row.IsCall && input.Helpers[slot] is { } helper && LoopOf(helper) is not LoopKind.None and var loop)
        {
            _loops[slot] = loop;
            _isPoint[slot] = true;
        }
    }

    private void Mark(long slot)
    {
        if (slot < _isPoint.Length)
        {
            _isPoint[slot] = true;
        }
    }

    private static LoopKind LoopOf(HelperDescriptor helper)
    {
        foreach (HelperArgument argument in helper.Arguments)
        {
            if (argument.Kind == HelperArgumentKind.Function && argument.Callback is { IsAsynchronous: false })
            {
                return LoopKind.Callback;
            }

            if (argument is { Kind: HelperArgumentKind.Iterator, Releases: false } && (argument.Flags & HelperArgumentFlags.Uninitialized) == 0)
            {
                return LoopKind.Iterator;
            }
        }

        return LoopKind.None;
    }
}

/// <summary>Loops that the runtime bounds.</summary>
internal enum LoopKind : byte
{
    None,
    Iterator,
    MayGoto,
    Callback,
}
