namespace Skep.Verification.State;

/// <summary>All that is known at one point of one path: the open frames, and what is held. Made by <see cref="StatePool"/>, used again.</summary>
internal sealed class VerifierState
{
    private readonly List<FrameState> _frames = [];

    private AcquiredReference[] _references = [];

    public int FrameCount { get; private set; }

    public int ReferenceCount { get; private set; }

    /// <summary>Frames that there is memory for.</summary>
    public int FrameCapacity => _frames.Count;

    /// <summary>Stack slots that there is memory for, in all frames.</summary>
    public int SlotCapacity
    {
        get
        {
            int slots = 0;
            foreach (FrameState frame in _frames)
            {
                slots += frame.SlotCapacity;
            }

            return slots;
        }
    }

    /// <summary>How often <c>may_goto</c> went round on this path.</summary>
    public int MayGotoDepth;

    /// <summary>How many callbacks were entered on this path.</summary>
    public int CallbackUnrollDepth;

    public FrameState Current => _frames[FrameCount - 1];

    public ReadOnlySpan<AcquiredReference> References => _references.AsSpan(0, ReferenceCount);

    /// <summary>The lock that is held, or null: at most one at a time.</summary>
    public AcquiredReference? HeldLock
    {
        get
        {
            foreach (AcquiredReference reference in References)
            {
                if (reference.Kind == ReferenceKind.Lock)
                {
                    return reference;
                }
            }

            return null;
        }
    }

    public FrameState Frame(int index) => _frames[index];

    public FrameState PushFrame(int function, int callSite, int unwrittenNode)
    {
        if (FrameCount == _frames.Count)
        {
            _frames.Add(new FrameState());
        }

        FrameState frame = _frames[FrameCount++];
        frame.Open(function, callSite, unwrittenNode);
        return frame;
    }

    public void PopFrame() => FrameCount--;

    public void Clear()
    {
        FrameCount = 0;
        ReferenceCount = 0;
        MayGotoDepth = 0;
        CallbackUnrollDepth = 0;
    }

    public void AddReference(AcquiredReference reference)
    {
        if (ReferenceCount == _references.Length)
        {
            Array.Resize(ref _references, Math.Max(4, ReferenceCount * 2));
        }

        _references[ReferenceCount++] = reference;
    }

    /// <returns>False when there is none of that id.</returns>
    public bool RemoveReference(int id)
    {
        for (int i = 0; i < ReferenceCount; i++)
        {
            if (_references[i].Id == id)
            {
                ReferenceCount--;
                _references[i] = _references[ReferenceCount];
                return true;
            }
        }

        return false;
    }

    public bool Holds(int id)
    {
        foreach (AcquiredReference reference in References)
        {
            if (reference.Id == id)
            {
                return true;
            }
        }

        return false;
    }

    public void CopyFrom(VerifierState other)
    {
        while (_frames.Count < other.FrameCount)
        {
            _frames.Add(new FrameState());
        }

        FrameCount = other.FrameCount;
        for (int i = 0; i < FrameCount; i++)
        {
            _frames[i].CopyFrom(other._frames[i]);
        }

        if (_references.Length < other.ReferenceCount)
        {
            _references = new AcquiredReference[other.ReferenceCount];
        }

        other.References.CopyTo(_references);
        ReferenceCount = other.ReferenceCount;
        MayGotoDepth = other.MayGotoDepth;
        CallbackUnrollDepth = other.CallbackUnrollDepth;
    }
}
