namespace Skep.Verification.Walk;

/// <summary>What was walked so far.</summary>
internal sealed class WalkClock
{
    /// <summary>Instructions, on all paths together.</summary>
    public int Visited;

    /// <summary>What was done besides, in pieces that take about as long as an instruction.</summary>
    public long Extra;

    /// <summary>Jumps, calls and exits among them.</summary>
    public int Jumps;
}
