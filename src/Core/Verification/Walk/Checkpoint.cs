using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>
/// A state that was kept at a slot, so that another path that comes there with no more than it can be cut off. It is done when every path
/// that went on from it has ended; until then what it needs is not fully known, and it is compared without leaving anything out.
/// </summary>
internal sealed class Checkpoint(VerifierState state, int slot, Checkpoint? parent, int depth, int steps, long bytes)
{
    private Checkpoint? _waitsFor;

    public VerifierState State => state;

    public int Slot => slot;

    public Checkpoint? Parent => parent;

    /// <summary>Checkpoints above this one on its path.</summary>
    public int Depth => depth;

    /// <summary>The one before it at its slot, on its path.</summary>
    public Checkpoint? BeforeAtSlot { get; init; }

    /// <summary>What the pool counted for it.</summary>
    public long Bytes => bytes;

    /// <summary>Instructions from the checkpoint above this one.</summary>
    public int Steps => steps;

    /// <summary>Of the paths from here that have ended.</summary>
    public PathLength Length;

    /// <summary>Paths that went on from here, and kept states on them, that have not ended.</summary>
    public int OpenPaths = 1;

    public int Hits;
    public int Misses;

    /// <summary>It is no longer compared with.</summary>
    public bool IsGivenUp;

    public bool IsOpen => OpenPaths > 0;

    /// <summary>Every path from here has ended, and none was cut off at a state that is itself not complete.</summary>
    public bool IsComplete
    {
        get
        {
            if (Outermost is { IsOpen: false })
            {
                _waitsFor = null;
                return true;
            }

            return false;
        }
    }

    /// <summary>The open state that this waits for, however indirectly; this itself where it waits for none.</summary>
    public Checkpoint Outermost
    {
        get
        {
            Checkpoint at = this;
            while (!at.IsOpen && at._waitsFor is { } next)
            {
                at = next;
            }

            return at;
        }
    }

    /// <summary>A path from here was cut off at <paramref name="target"/>, which is further up: this is complete no sooner than that.</summary>
    public void WaitFor(Checkpoint target)
    {
        if (_waitsFor is null || _waitsFor.IsComplete || target.Depth < _waitsFor.Depth)
        {
            _waitsFor = target;
        }
    }
}
