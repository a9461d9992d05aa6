using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>What a look at the kept states of a slot came to.</summary>
internal enum Visit : byte
{
    /// <summary>Walk on.</summary>
    Continue,

    /// <summary>All that would be found is known.</summary>
    Known,

    /// <summary>The walk ends; the context has the problem.</summary>
    Failed,
}

/// <summary>
/// The kept states, by slot. Decides when a state is kept and when it is given up, by the same measures as Linux (is_state_visited in
/// kernel/bpf/verifier.c), so that both visit about as many instructions.
/// </summary>
internal sealed class CheckpointTable(WalkContext context, WalkClock clock)
{
    private const int InstructionsBetween = 8;
    private const int JumpsBetween = 2;

    // In a loop states differ from round to round, and keeping many helps nobody.
    private const int InstructionsBetweenInLoop = 100;
    private const int JumpsBetweenInLoop = 20;

    // A state that is compared often and never found again is given up.
    private const int MissesPerHit = 3;
    private const int MissesPerHitInLoop = 64;

    // Rounds of a loop that are walked with what they know before it is forgotten; where fuel bounds loops.
    private const int RoundsBeforeWidening = 8;
    private const int RoundsBeforeForgetting = 24;

    private readonly List<Checkpoint>?[] _kept = new List<Checkpoint>?[context.Input.Code.Length];

    // By slot: the newest on the path that is walked. Paths are walked depth first, so that those that are open all lie on it, and close in turn.
    private readonly Checkpoint?[] _newest = new Checkpoint?[context.Input.Code.Length];
    private readonly StateComparison _comparison = new(context.Input, context.Provenance);
    private readonly SingularIds _singularIds = new();
    private readonly Widening _widening = new(context);
    private int _instructionsAtLast;
    private int _jumpsAtLast;
    private PathLength _length;
    private long _rest;

    /// <summary>The most instructions on a path of the function, in itself and the static functions that it calls; null where it is not bounded.</summary>
    public long? LongestPath => _length.Longest == PathLength.Unbounded ? null : _length.Longest;

    /// <summary>States kept, over all.</summary>
    public int TotalKept { get; private set; }

    /// <summary>The most that one slot had at a time.</summary>
    public int MostAtOneSlot { get; private set; }

    public Visit Look(int slot)
    {
        LoopKind loop = context.Input.Points.LoopAt(slot);
        bool keep = loop != LoopKind.None || IsFarFromLast(InstructionsBetween, JumpsBetween);
        List<Checkpoint>? list = _kept[slot];
        int rounds = 0;
        for (int i = (list?.Count ?? 0) - 1; i >= 0; i--)
        {
            Checkpoint old = list![i];
            clock.Extra++;
            if (old.IsOpen)
            {
                rounds++;
                switch (LookAtOpen(old, slot, loop))
                {
                    case Visit.Known:
                        return Hit(old, slot, isFinal: false);
                    case Visit.Failed:
                        return Visit.Failed;
                }

                keep &= loop != LoopKind.None || context.CountsFuel || !IsNearLast();
            }
            else if (MatchesClosed(old, slot))
            {
                return Hit(old, slot, old.IsComplete);
            }

            if (keep)
            {
                Miss(list, i, loop != LoopKind.None || context.CountsFuel);
            }
        }

        if (context.CountsFuel && rounds >= RoundsBeforeWidening)
        {
            _widening.Apply(NewestOpen(list!), context.State, evenPrecise: rounds >= RoundsBeforeForgetting);
        }

        return keep ? Keep(slot) : Visit.Continue;
    }

    /// <summary>Makes a state less exact on its way round a loop, so that the rounds come to an end.</summary>
    public void Widen(int slot, VerifierState state)
    {
        if (NewestOpenBehind(slot, state.FrameCount) is { } previous)
        {
            _widening.Apply(previous, state, evenPrecise: false);
        }
    }

    /// <summary>The path that is walked has ended.</summary>
    public void EndPath()
    {
        EndedIn(context.Parent).Add(context.Steps, _rest);
        _rest = 0;
        for (Checkpoint? at = context.Parent; at is not null && --at.OpenPaths == 0; at = at.Parent)
        {
            _newest[at.Slot] = at.BeforeAtSlot;
            EndedIn(at.Parent).Add(at.Steps, at.Length.Longest);
            if (at.IsGivenUp)
            {
                context.Pool.Release(at.State, at.Bytes);
            }
        }

        context.Parent = null;
    }

    private ref PathLength EndedIn(Checkpoint? checkpoint)
    {
        if (checkpoint is null)
        {
            return ref _length;
        }

        return ref checkpoint.Length;
    }

    private bool IsFarFromLast(int instructions, int jumps)
        => clock.Visited - _instructionsAtLast >= instructions && clock.Jumps - _jumpsAtLast >= jumps;

    private bool IsNearLast() => clock.Visited - _instructionsAtLast < InstructionsBetweenInLoop && clock.Jumps - _jumpsAtLast < JumpsBetweenInLoop;

    private Visit LookAtOpen(Checkpoint old, int slot, LoopKind loop)
    {
        VerifierState now = context.State;
        switch (loop)
        {
            case LoopKind.Iterator:
                return Matches(old, slot, Comparison.Within) && HasActiveIterator(now) ? Visit.Known : Visit.Continue;
            case LoopKind.Callback:
                if (IsSameCall(old, slot))
                {
                    return Matches(old, slot, Comparison.Within) ? Visit.Known : Visit.Continue;
                }

                break;
            case LoopKind.MayGoto:
                // Each call of a function has a budget of its own.
                return old.State.MayGotoDepth != now.MayGotoDepth && old.State.Current.Instance == now.Current.Instance && Matches(old, slot, Comparison.Within) ? Visit.Known : Visit.Continue;
        }

        if (context.CountsFuel)
        {
            if (!Matches(old, slot, Comparison.Within))
            {
                return Visit.Continue;
            }

            context.Facts.CountFuelAt(slot);
            return Visit.Known;
        }

        bool isSameRound = old.State.MayGotoDepth == now.MayGotoDepth && old.State.CallbackUnrollDepth == now.CallbackUnrollDepth;
        return isSameRound && Matches(old, slot, Comparison.Same) ? FailEndless(slot) : Visit.Continue;
    }

    /// <summary>
    /// The helper calls back once more, in the call that the kept state is of. A loop of the program's that comes to the call anew is not bounded by the helper.
    /// A state is kept each time that control is here, so that one of the first time lies in between.
    /// </summary>
    private bool IsSameCall(Checkpoint old, int slot)
    {
        VerifierState now = context.State;
        if (now.Current.CallbackDepth == 0)
        {
            return false;
        }

        for (Checkpoint? at = context.Parent; at != old; at = at.Parent)
        {
            if (at is null || (at.Slot == slot && at.State.FrameCount == now.FrameCount && at.State.Current.CallbackDepth == 0))
            {
                return false;
            }
        }

        return true;
    }

    private bool MatchesClosed(Checkpoint old, int slot)
        => Matches(old, slot, old.IsComplete && !context.Input.Policy.ComparesEverything ? Comparison.Needed : Comparison.Within);

    private bool Matches(Checkpoint old, int slot, Comparison comparison) => _comparison.Matches(old.State, context.State, slot, comparison);

    private Visit FailEndless(int slot)
    {
        context.Slot = slot;
        context.Fail(PathRules.EndlessLoop, LoopText.Describe(context, slot));
        return Visit.Failed;
    }

    private Visit Hit(Checkpoint old, int slot, bool isFinal)
    {
        old.Hits++;
        _rest = isFinal ? old.Length.Longest : PathLength.Unbounded;
        _comparison.Follow(old.State, context.State, slot, isFinal);
        if (_comparison.StoodInForWritten)
        {
            context.Facts.UnwrittenStackIsRead(context.State);
        }

        if (!isFinal)
        {
            Checkpoint target = old.Outermost;
            for (Checkpoint? at = context.Parent; at is not null && at.Depth > target.Depth; at = at.Parent)
            {
                at.WaitFor(target);
                clock.Extra++;
            }
        }

        context.Log?.Pruned(slot);
        return Visit.Known;
    }

    private void Miss(List<Checkpoint> list, int index, bool isLoop)
    {
        Checkpoint old = list[index];
        old.Misses++;
        int most = isLoop && !old.IsComplete ? MissesPerHitInLoop : MissesPerHit;
        if (old.Misses <= (old.Hits * most) + most)
        {
            return;
        }

        list.RemoveAt(index);
        old.IsGivenUp = true;
        if (!old.IsOpen)
        {
            context.Pool.Release(old.State, old.Bytes);
        }
    }

    private Visit Keep(int slot)
    {
        if (context.Pool.InUse >= context.Input.Limits.MaxVerifierStates)
        {
            context.Fail(PathRules.TooManyStates, $"{context.Pool.InUse} states are kept, expected at most {context.Input.Limits.MaxVerifierStates} (Limits.MaxVerifierStates)");
            return Visit.Failed;
        }

        _instructionsAtLast = clock.Visited;
        _jumpsAtLast = clock.Jumps;
        FreshNodes.Give(context.State, context.Provenance, context.Input.Live[slot]);
        VerifierState copy = context.Pool.Copy(context.State);
        _singularIds.Clear(copy);
        var checkpoint = new Checkpoint(copy, slot, context.Parent, (context.Parent?.Depth ?? 0) + 1, context.Steps, context.Pool.Keep(copy)) { BeforeAtSlot = _newest[slot] };
        context.Parent = checkpoint;
        context.Steps = 0;
        _newest[slot] = checkpoint;
        List<Checkpoint> list = _kept[slot] ??= [];
        list.Add(checkpoint);
        TotalKept++;
        MostAtOneSlot = Math.Max(MostAtOneSlot, list.Count);
        return Visit.Continue;
    }

    private static VerifierState NewestOpen(List<Checkpoint> list)
    {
        for (int i = list.Count - 1; ; i--)
        {
            if (list[i].IsOpen)
            {
                return list[i].State;
            }
        }
    }

    /// <summary>The state that was kept last at a slot on the way to where the walk is, with as many frames; null when there is none.</summary>
    private VerifierState? NewestOpenBehind(int slot, int frameCount)
    {
        // Where the walk stands at the slot itself, the newest is this very round.
        Checkpoint? from = _newest[slot];
        from = context.Slot == slot && from is not null && from == context.Parent ? from.BeforeAtSlot : from;
        for (Checkpoint? at = from; at is not null; at = at.BeforeAtSlot)
        {
            clock.Extra++;
            if (at.State.FrameCount == frameCount)
            {
                return at.State;
            }
        }

        return null;
    }

    private bool HasActiveIterator(VerifierState now)
    {
        ref RegisterState register = ref now.Current.Registers[1];
        return register.Kind == ValueKind.Stack && register.HasFixedOffset
            && IteratorSlot.StateAt(now, register) == IteratorState.Active;
    }
}
