using System.Runtime.CompilerServices;

namespace Skep.Verification.State;

/// <summary>Gives states out and takes them back, and knows how much memory they take. Not thread-safe.</summary>
internal sealed class StatePool
{
    private static readonly int FrameBytes = (Isa.Registers.Count * Unsafe.SizeOf<RegisterState>()) + 128;

    private readonly Stack<VerifierState> _free = new();

    /// <summary>Of all states that are out, in bytes; about.</summary>
    public long BytesInUse { get; private set; }

    public long PeakBytes { get; private set; }

    public int InUse { get; private set; }

    public int PeakInUse { get; private set; }

    public VerifierState Rent()
    {
        VerifierState state = _free.Count > 0 ? _free.Pop() : new VerifierState();
        state.Clear();
        return state;
    }

    public VerifierState Copy(VerifierState original)
    {
        VerifierState copy = _free.Count > 0 ? _free.Pop() : new VerifierState();
        copy.CopyFrom(original);
        return copy;
    }

    public void Return(VerifierState state) => _free.Push(state);

    /// <summary>A state begins to be kept, as it is now.</summary>
    public long Keep(VerifierState state)
    {
        long bytes = SizeOf(state);
        BytesInUse += bytes;
        InUse++;
        PeakBytes = Math.Max(PeakBytes, BytesInUse);
        PeakInUse = Math.Max(PeakInUse, InUse);
        return bytes;
    }

    /// <summary>A kept state becomes the current one of a path.</summary>
    public void Forget(long bytes)
    {
        BytesInUse -= bytes;
        InUse--;
    }

    /// <summary>No kept state is looked at any more.</summary>
    public void ForgetAll()
    {
        BytesInUse = 0;
        InUse = 0;
    }

    public void Release(VerifierState state, long bytes)
    {
        BytesInUse -= bytes;
        InUse--;
        Return(state);
    }

    // What it was made for at its largest: frames and slots that it does not need now take their memory too.
    private static long SizeOf(VerifierState state) => 128 + ((long)state.FrameCapacity * FrameBytes) + ((long)state.SlotCapacity * Unsafe.SizeOf<StackSlot>());
}
