using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>A state that waits: where it goes on, and what led to it.</summary>
/// <param name="Steps">Instructions since <paramref name="Parent"/>.</param>
/// <param name="Bytes">What the pool counted for it.</param>
internal readonly record struct PendingState(VerifierState State, int Slot, int Path, Checkpoint? Parent, int Steps, long Bytes);

/// <summary>The states that wait, the newest first: so that the walk goes deep, and what a kept state led to is known soon.</summary>
internal sealed class PendingStates
{
    private readonly Stack<PendingState> _states = new();

    public int Count => _states.Count;

    public void Push(PendingState state) => _states.Push(state);

    public bool TryPop(out PendingState state) => _states.TryPop(out state);
}
