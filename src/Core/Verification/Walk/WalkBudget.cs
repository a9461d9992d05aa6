using Skep.Runtime;
using Skep.Verification.State;

namespace Skep.Verification.Walk;

/// <summary>What verifying one program may take, over all of its functions: instructions, time, memory.</summary>
/// <param name="start">When verifying began, by the clock of <paramref name="diagnostics"/>.</param>
internal sealed class WalkBudget(Limits limits, VerifierDiagnostics diagnostics, long start)
{
    // Time and memory are looked at once in so many instructions, or as much other work.
    private const int CheckEvery = 1024;

    private long _nextCheck = CheckEvery;
    private long _otherBytes;

    public WalkClock Clock { get; } = new();

    public StatePool Pool { get; } = new();

    public long PeakBytes { get; private set; }

    public TimeSpan Elapsed => diagnostics.Clock.GetElapsedTime(start);

    /// <summary>Counts an instruction.</summary>
    /// <returns>False when a limit is reached: the context has the problem.</returns>
    public bool Count(WalkContext context)
    {
        int visited = ++Clock.Visited;
        if (visited > limits.MaxVisitedInstructions)
        {
            return context.Fail(
                PathRules.TooManyVisited,
                $"{limits.MaxVisitedInstructions} instructions were walked on all paths together and the end is not in sight (Limits.MaxVisitedInstructions)");
        }

        return visited + Clock.Extra < _nextCheck || CheckRest(context);
    }

    /// <summary>Notes the memory of a walk that has ended.</summary>
    public void Finish(WalkContext context) => Measure(context);

    private bool CheckRest(WalkContext context)
    {
        _nextCheck = Clock.Visited + Clock.Extra + CheckEvery;
        diagnostics.Cancellation.ThrowIfCancellationRequested();
        if (Measure(context) > limits.MaxVerifierBytes)
        {
            return context.Fail(PathRules.TooMuchMemory, $"the states take {Measure(context)} bytes, expected at most {limits.MaxVerifierBytes} (Limits.MaxVerifierBytes)");
        }

        return Elapsed <= limits.MaxVerificationTime
            || context.Fail(PathRules.TooMuchTime, $"verifying took {Elapsed.TotalSeconds:0.0} s so far, expected at most {limits.MaxVerificationTime.TotalSeconds:0.0} s (Limits.MaxVerificationTime)");
    }

    private long Measure(WalkContext context)
    {
        _otherBytes = context.Provenance.MemoryUse + context.Paths.MemoryUse;
        PeakBytes = Math.Max(PeakBytes, Math.Max(Pool.PeakBytes, Pool.BytesInUse) + _otherBytes);
        return Pool.BytesInUse + _otherBytes;
    }
}
