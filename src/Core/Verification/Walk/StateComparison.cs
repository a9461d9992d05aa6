using Skep.Isa;
using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>
/// Whether a state has nothing that a kept one has not: then all that was found on the kept one's paths holds for it, and it need not be walked.
/// </summary>
internal sealed class StateComparison(VerifierInput input, Provenance provenance)
{
    private readonly IdMap _ids = new();
    private readonly StackComparison _stacks = new(provenance, input);

    /// <summary>In the last comparison bytes that nobody wrote stood for some that were written.</summary>
    public bool StoodInForWritten => _stacks.StoodInForWritten;

    public bool Matches(VerifierState old, VerifierState now, int slot, Comparison comparison)
    {
        if (old.FrameCount != now.FrameCount || old.ReferenceCount != now.ReferenceCount)
        {
            return false;
        }

        _ids.Clear();
        _stacks.StoodInForWritten = false;
        if (!MatchReferences(old, now))
        {
            return false;
        }

        for (int i = old.FrameCount - 1; i >= 0; i--)
        {
            FrameState oldFrame = old.Frame(i);
            FrameState frame = now.Frame(i);
            if (oldFrame.CallSite != frame.CallSite || oldFrame.CallbackDepth > frame.CallbackDepth || oldFrame.IsCallback != frame.IsCallback || oldFrame.Function != frame.Function
                || !MatchRegisters(oldFrame, frame, LiveIn(now, i, slot), comparison))
            {
                return false;
            }
        }

        return MatchStacks(old, now, comparison);
    }

    /// <summary>What the kept state needs later, the state that was cut off at it needs too.</summary>
    /// <param name="isFinal">All that it needs is known; otherwise what it will turn out to need counts too.</param>
    public void Follow(VerifierState old, VerifierState now, int slot, bool isFinal)
    {
        for (int i = 0; i < old.FrameCount; i++)
        {
            FrameState oldFrame = old.Frame(i);
            FrameState frame = now.Frame(i);
            Tie(oldFrame.UnwrittenNode, frame.UnwrittenNode, isFinal);
            RegisterSet live = LiveIn(now, i, slot);
            for (int register = 0; register < oldFrame.Registers.Length; register++)
            {
                if (live.Contains((byte)register))
                {
                    TieRegister(oldFrame.Registers[register], frame.Registers[register], isFinal);
                }
            }

            for (int index = 0; index < oldFrame.SlotCount && index < frame.SlotCount; index++)
            {
                TieSlot(oldFrame[index], frame[index], frame.UnwrittenNode, isFinal);
            }

            for (int index = frame.SlotCount; index < oldFrame.SlotCount; index++)
            {
                Tie(oldFrame[index].Node, frame.UnwrittenNode, isFinal);
            }

            // What the kept state read beyond what this one knows, or as unwritten.
            for (int index = 0; index < frame.SlotCount; index++)
            {
                if (index >= oldFrame.SlotCount || oldFrame[index].IsUnwritten)
                {
                    Tie(oldFrame.UnwrittenNode, frame[index].Node, isFinal);
                }
            }
        }
    }

    private void TieSlot(in StackSlot old, in StackSlot now, int unwritten, bool isFinal)
    {
        Tie(old.Node, now.IsUnwritten ? unwritten : now.Node, isFinal);
        if (old.HasSpill && now.HasSpill && (!isFinal || provenance.IsRead(old.Node)))
        {
            TieRegister(old.Spilled, now.Spilled, isFinal);
        }
    }

    private void TieRegister(in RegisterState old, in RegisterState now, bool isFinal)
    {
        if (old.Kind == ValueKind.Scalar && now.Kind == ValueKind.Scalar)
        {
            Tie(old.Node, now.Node, isFinal);
        }
    }

    private void Tie(int leader, int node, bool isFinal)
    {
        if (!isFinal)
        {
            provenance.Follow(leader, node);
            return;
        }

        if (provenance.IsPrecise(leader))
        {
            provenance.Mark(node, Provenance.Precise);
        }

        if (provenance.IsRead(leader))
        {
            provenance.Mark(node, Provenance.Read);
        }
    }

    /// <summary>What is live in a frame: for a caller, after its call.</summary>
    private RegisterSet LiveIn(VerifierState state, int frame, int slot)
    {
        if (frame == state.FrameCount - 1)
        {
            return input.Live[slot];
        }

        // A helper that calls back is called again, with the same arguments.
        FrameState callee = state.Frame(frame + 1);
        return callee.IsCallback ? input.Live[callee.CallSite] : input.Live[callee.CallSite].Except(RegisterSet.CallerSaved);
    }

    private bool MatchReferences(VerifierState old, VerifierState now)
    {
        for (int i = 0; i < old.ReferenceCount; i++)
        {
            AcquiredReference before = old.References[i];
            AcquiredReference current = now.References[i];
            if (before.Kind != current.Kind || before.Target != current.Target || !_ids.Match(before.Id, current.Id) || !_ids.Match(before.Object, current.Object))
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchRegisters(FrameState old, FrameState now, RegisterSet live, Comparison comparison)
    {
        for (int bits = live.Bits & ((1 << (int)Isa.Registers.FramePointer) - 1); bits != 0; bits &= bits - 1)
        {
            int register = System.Numerics.BitOperations.TrailingZeroCount(bits);
            if (!RegisterComparison.Matches(old.Registers[register], now.Registers[register], comparison, provenance, _ids))
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchStacks(VerifierState old, VerifierState now, Comparison comparison)
    {
        for (int i = 0; i < old.FrameCount; i++)
        {
            if (!_stacks.Matches(old.Frame(i), now.Frame(i), comparison, _ids))
            {
                return false;
            }
        }

        return true;
    }
}
