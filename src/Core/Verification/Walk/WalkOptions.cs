using Skep.Verification.Log;

namespace Skep.Verification.Walk;

/// <summary>How a program is walked.</summary>
internal sealed record WalkOptions
{
    public WalkLog? Log { get; init; }

    public IWalkObserver? Observer { get; init; }

    /// <summary>Loops may go round without a proof; fuel bounds them.</summary>
    public bool CountsFuel { get; init; }
}

/// <summary>Sees every state of a walk; for tests.</summary>
internal interface IWalkObserver
{
    /// <summary>Before the instruction at the context's slot.</summary>
    void Before(WalkContext context);

    /// <summary>The walk of a function ended without a problem: what it marked is final.</summary>
    void Finished(WalkContext context);
}
