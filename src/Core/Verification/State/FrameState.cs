using Skep.Isa;

namespace Skep.Verification.State;

/// <summary>An open function: its registers and its stack.</summary>
internal sealed class FrameState
{
    public const int NoCall = -1;

    public readonly RegisterState[] Registers = new RegisterState[Isa.Registers.Count];

    private StackSlot[] _slots = [];

    /// <summary>The function, by index.</summary>
    public int Function;

    /// <summary>The slot of the call in the caller; <see cref="NoCall"/> for the first frame.</summary>
    public int CallSite = NoCall;

    /// <summary>The frame was opened by a helper that calls back; its exit goes back to the call, which may call again.</summary>
    public bool IsCallback;

    /// <summary>What the callback may return; in signed numbers.</summary>
    public long MinimumReturn;
    public long MaximumReturn;

    /// <summary>Of the frame that calls a helper that calls back: how often it did so far on this path.</summary>
    public int CallbackDepth;

    /// <summary>Tells this opening of a function from others of it on the same path.</summary>
    public int Instance;

    /// <summary>The node of all bytes that nobody wrote: whether one of them is read.</summary>
    public int UnwrittenNode;

    /// <summary>Slots from R10 down that are known; all below are unwritten.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Slots that there is memory for.</summary>
    public int SlotCapacity => _slots.Length;

    /// <summary>The slot whose lowest byte is at R10 - 8 * (<paramref name="index"/> + 1).</summary>
    public ref StackSlot this[int index] => ref _slots[index];

    public ref RegisterState this[Register register] => ref Registers[(int)register];

    /// <summary>Makes slots up to <paramref name="count"/> known.</summary>
    public void Grow(int count)
    {
        if (count <= SlotCount)
        {
            return;
        }

        if (count > _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(count, Math.Min(_slots.Length * 2, 64)));
        }

        Array.Clear(_slots, SlotCount, count - SlotCount);
        SlotCount = count;
    }

    public void Open(int function, int callSite, int unwrittenNode)
    {
        Array.Clear(Registers);
        SlotCount = 0;
        Function = function;
        CallSite = callSite;
        IsCallback = false;
        MinimumReturn = 0;
        MaximumReturn = 0;
        CallbackDepth = 0;
        UnwrittenNode = unwrittenNode;
    }

    public void CopyFrom(FrameState other)
    {
        Array.Copy(other.Registers, Registers, Registers.Length);
        if (_slots.Length < other.SlotCount)
        {
            _slots = new StackSlot[other.SlotCount];
        }

        Array.Copy(other._slots, _slots, other.SlotCount);
        SlotCount = other.SlotCount;
        Function = other.Function;
        CallSite = other.CallSite;
        IsCallback = other.IsCallback;
        MinimumReturn = other.MinimumReturn;
        MaximumReturn = other.MaximumReturn;
        CallbackDepth = other.CallbackDepth;
        UnwrittenNode = other.UnwrittenNode;
        Instance = other.Instance;
    }
}
