using Skep.Verification.State;
using Skep.Verification.Walk;

namespace Skep.Verification.Tests.Soundness;

/// <summary>A state that the walk had before an instruction, and where its values' marks are.</summary>
internal sealed class SeenState
{
    public readonly VerifierState State = new();

    public Provenance Provenance = null!;
}

/// <summary>Keeps copies of the states that a walk had before each slot, up to a number; to be used again for one program after another.</summary>
internal sealed class StateRecorder(int mostAtOneSlot) : IWalkObserver
{
    private readonly List<SeenState> _free = [];
    private readonly List<(int Slot, SeenState State)> _pending = [];
    private List<SeenState>[] _seen = [];
    private bool[] _isIncomplete = [];
    private int[] _pendingAtSlot = [];
    private WalkContext? _context;

    /// <summary>Of the program that was walked last; null when nothing of it was.</summary>
    public VerifierInput? Input { get; private set; }

    /// <summary>Falsifies what is kept of a slot, to see that it is noticed.</summary>
    public Action<int, VerifierState>? Falsify { get; set; }

    public IReadOnlyList<SeenState> At(int slot) => _seen[slot];

    /// <summary>There were more states than are kept.</summary>
    public bool IsIncompleteAt(int slot) => _isIncomplete[slot];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Drop();
        foreach (List<SeenState> states in _seen)
        {
            _free.AddRange(states);
            states.Clear();
        }

        Array.Clear(_isIncomplete);
        Array.Clear(_pendingAtSlot);
        _context = null;
        Input = null;
    }

    public void Before(WalkContext context)
    {
        if (context != _context)
        {
            Begin(context);
        }

        int slot = context.Slot;
        if (_pendingAtSlot[slot] == mostAtOneSlot)
        {
            _isIncomplete[slot] = true;
            return;
        }

        _pendingAtSlot[slot]++;
        SeenState copy = _free.Count > 0 ? _free[^1] : new SeenState();
        if (_free.Count > 0)
        {
            _free.RemoveAt(_free.Count - 1);
        }

        copy.State.CopyFrom(context.State);
        copy.Provenance = context.Provenance;
        Falsify?.Invoke(slot, copy.State);
        _pending.Add((slot, copy));
    }

    public void Finished(WalkContext context)
    {
        foreach ((int slot, SeenState state) in _pending)
        {
            _seen[slot].Add(state);
        }

        _pending.Clear();
        Array.Clear(_pendingAtSlot);
    }

    private void Begin(WalkContext context)
    {
        // A walk that failed is walked again with fuel, all of it.
        if (_context is not null && context.CountsFuel != _context.CountsFuel)
        {
            Clear();
        }

        Drop();
        Array.Clear(_pendingAtSlot);
        _context = context;
        Input = context.Input;
        int slots = context.Input.Code.Length;
        if (_seen.Length < slots)
        {
            int known = _seen.Length;
            Array.Resize(ref _seen, slots);
            Array.Resize(ref _isIncomplete, slots);
            Array.Resize(ref _pendingAtSlot, slots);
            for (int slot = known; slot < slots; slot++)
            {
                _seen[slot] = [];
            }
        }
    }

    private void Drop()
    {
        _free.AddRange(_pending.Select(entry => entry.State));
        _pending.Clear();
    }
}
