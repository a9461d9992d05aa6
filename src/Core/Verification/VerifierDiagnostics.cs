using Skep.Programs;
using Skep.Verification.Walk;

namespace Skep.Verification;

/// <summary>What a caller of the verifier wants to see of its work, and the clock it goes by. For one call at a time.</summary>
public sealed class VerifierDiagnostics
{
    /// <summary>Where the walk is written down, in the style of the kernel's verifier log; null for nowhere.</summary>
    public TextWriter? Log { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Ends the walk with an <see cref="OperationCanceledException"/>; what was logged until then is written.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What the last call took, whatever it found.</summary>
    public VerificationStatistics Statistics { get; internal set; } = VerificationStatistics.None;

    /// <summary>Sees every state; for tests.</summary>
    internal IWalkObserver? Observer { get; init; }
}
