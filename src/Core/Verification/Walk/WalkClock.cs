namespace Skep.Verification.Walk;

/// <summary>What was walked so far.</summary>
internal sealed class WalkClock
{
    /// <summary>Instructions, on all paths together.</summary>
    public int Visited;

    /// <summary>Jumps, calls and exits among them.</summary>
    public int Jumps;
}
