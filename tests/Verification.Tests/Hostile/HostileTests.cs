using System.Diagnostics;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Tests.Hostile;

/// <summary>Whatever a program does, verifying it ends in a verdict, soon, and takes no more memory than it may.</summary>
/// <remarks>SKEP_HOSTILE=1 takes the limits as they are by default.</remarks>
public sealed class HostileTests(ITestOutputHelper output)
{
    /// <summary>Of what is made once for each slot, beside the states.</summary>
    private const int BytesPerSlot = 1024;

    private static readonly bool IsThorough = Environment.GetEnvironmentVariable("SKEP_HOSTILE") == "1";

    private static readonly Limits Small = Limits.Default with
    {
        MaxVisitedInstructions = 60_000,
        MaxVerifierBytes = 64L << 20,
        MaxVerificationTime = TimeSpan.FromMilliseconds(400),
    };

    /// <summary>Work that is not a walk (the passes over the slots before it, which are linear), on a machine with other work.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    public static TheoryData<string> Names => [.. HostilePrograms.All.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ends_in_a_verdict(string name)
    {
        HostileProgram program = HostilePrograms.All.Single(program => program.Name == name);
        LinkedProgram linked = program.Make();
        Limits limits = IsThorough ? Limits.Default : Small;
        var diagnostics = new VerifierDiagnostics();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Result<VerifiedProgram> verdict = Verifier.Verify(
            linked, limits, new VerificationPolicy { Loops = program.Fuel ? LoopPolicy.Fuel : LoopPolicy.Refuse, AllowPointlessConstants = true, AllowUnreachableInstructions = program.AllowsUnreachable }, diagnostics);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        VerificationStatistics statistics = diagnostics.Statistics;
        output.WriteLine(
            $"{name,-80} {linked.Instructions.Length,8} slots {time.TotalMilliseconds,7:F0} ms (walk {statistics.Duration.TotalMilliseconds,6:F0}) {statistics.VisitedInstructions,8} visited {statistics.PeakStates,7} states "
            + $"{statistics.PeakBytes >> 20,4} MiB, {allocated >> 20,4} allocated: {(verdict.IsSuccess ? "accepted" : verdict.Findings[0].Rule.Id)}");
        Assert.True(verdict.IsSuccess || !verdict.Findings.IsEmpty);
        Assert.True(time < limits.MaxVerificationTime + Slack, $"verifying took {time}");
        Assert.True(statistics.PeakBytes < 2 * limits.MaxVerifierBytes, $"the states took {statistics.PeakBytes} bytes");
        Assert.True(allocated < (3 * limits.MaxVerifierBytes) + ((long)BytesPerSlot * linked.Instructions.Length), $"{allocated} bytes were allocated");
    }
}
