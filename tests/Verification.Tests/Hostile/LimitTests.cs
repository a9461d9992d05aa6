using System.Text;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Verification.Tests.Hostile;

/// <summary>Each limit of the verifier, at the limit and one past it.</summary>
public sealed class LimitTests
{
    private const string Moves = "r0 = 0\nr0 = 0\nr0 = 0\nr0 = 0\nexit";
    private const string ThreeFrames = "call a\nexit\na:\ncall b\nexit\nb:\nr0 = 0\nexit";
    private const string Stack = "*(u64 *)(r10 -64) = 0\ncall a\nexit\na:\n*(u64 *)(r10 -64) = 0\nr0 = 0\nexit";

    [Fact]
    public void Instructions() => AtAndPast(Moves, 5, (limits, most) => limits with { MaxInstructions = most }, VerificationRules.TooManyInstructions);

    [Fact]
    public void Functions() => AtAndPast(ThreeFrames, 3, (limits, most) => limits with { MaxFunctions = most }, VerificationRules.TooManyFunctions);

    [Fact]
    public void Call_depth() => AtAndPast(ThreeFrames, 3, (limits, most) => limits with { MaxCallDepth = most }, VerificationRules.CallTooDeep);

    [Fact]
    public void Frame_bytes()
    {
        AssertAccepted("*(u64 *)(r10 -64) = 0\nr0 = 0\nexit", Limits.Default with { MaxFrameBytes = 64 });
        Result<VerifiedProgram> past = Verify("*(u64 *)(r10 -64) = 0\nr0 = 0\nexit", Limits.Default with { MaxFrameBytes = 63 });
        Assert.False(past.IsSuccess);
    }

    [Fact]
    public void Combined_stack_bytes() => AtAndPast(Stack, 128, (limits, most) => limits with { MaxCombinedStackBytes = most }, VerificationRules.CombinedStack);

    [Fact]
    public void Visited_instructions() => AtAndPast(Moves, 5, (limits, most) => limits with { MaxVisitedInstructions = most }, PathRules.TooManyVisited);

    [Fact]
    public void Pending_branches() => AtAndPast(Branches(20), 20, (limits, most) => limits with { MaxPendingBranches = most }, PathRules.TooManyBranches);

    [Fact]
    public void States()
    {
        int peak = Statistics(Branches(200), Limits.Default).PeakStates;
        AssertAccepted(Branches(200), Limits.Default with { MaxVerifierStates = peak });
        AssertRefused(Branches(200), Limits.Default with { MaxVerifierStates = 8 }, PathRules.TooManyStates);
    }

    [Fact]
    public void Bytes()
    {
        long peak = Statistics(Counting, Limits.Default).PeakBytes;
        AssertAccepted(Counting, Limits.Default with { MaxVerifierBytes = peak });
        AssertRefused(Counting, Limits.Default with { MaxVerifierBytes = peak / 4 }, PathRules.TooMuchMemory);
    }

    [Fact]
    public void Time()
    {
        var limits = Limits.Default with { MaxVerificationTime = TimeSpan.FromSeconds(3) };
        var slow = new VerifierDiagnostics { Clock = new TickingClock(millisecondsALook: 1) };
        Assert.True(Verify(Counting, limits, slow).IsSuccess);

        // The clock is looked at once in 1,024 instructions: nine times here, the fourth of them past the limit.
        var slower = new VerifierDiagnostics { Clock = new TickingClock(millisecondsALook: 1000) };
        Result<VerifiedProgram> past = Verify(Counting, limits, slower);
        Assert.Equal(PathRules.TooMuchTime, past.Findings[0].Rule);
        Assert.InRange(slower.Statistics.VisitedInstructions, 3 * 512, 5 * 1024);
    }

    [Fact]
    public void Time_counts_while_states_are_compared()
    {
        // Many states at one slot: comparing takes the time, and the clock must be looked at between few instructions.
        HostileProgram program = HostilePrograms.All.Single(program => program.Name.StartsWith("many states at one slot, each", StringComparison.Ordinal));
        var diagnostics = new VerifierDiagnostics { Clock = new TickingClock(millisecondsALook: 1000) };
        Result<VerifiedProgram> verdict = Verifier.Verify(program.Make(), Limits.Default with { MaxVerificationTime = TimeSpan.FromSeconds(3) }, VerificationPolicy.Default, diagnostics);
        Assert.Equal(PathRules.TooMuchTime, verdict.Findings[0].Rule);
        Assert.True(diagnostics.Statistics.VisitedInstructions < 5 * 1024);
    }

    [Fact]
    public void Findings()
    {
        string bad = string.Concat(Enumerable.Repeat("r0 /= 0\n", 10)) + "exit";
        Assert.Equal(10, Verify(bad, Limits.Default with { MaxFindings = 10 }).Findings.Length);
        Result<VerifiedProgram> past = Verify(bad, Limits.Default with { MaxFindings = 9 });
        Assert.Equal(9, past.Findings.Count(finding => finding.Severity == Severity.Error));
        Assert.Equal(VerificationRules.MoreProblems, past.Findings[^1].Rule);
    }

    /// <summary>What one global function took is given back before the next one is walked.</summary>
    [Fact]
    public void States_of_a_global_function_do_not_count_for_the_next()
    {
        var text = new StringBuilder("r6 = r1\n");
        const int Functions = 20;
        for (int i = 0; i < Functions; i++)
        {
            text.Line($"r1 = 7").Line($"call g{i}");
        }

        text.Line($"r0 = 0").Line($"exit");
        for (int i = 0; i < Functions; i++)
        {
            text.Line($"g{i}:");
            for (int j = 0; j < 100; j++)
            {
                text.Line($"if r1 > {j} goto g{i}_{j}").Line($"r1 += 1").Line($"g{i}_{j}:").Line($"r2 = 0").Line($"r3 = 0").Line($"r4 = 0").Line($"r5 = 0");
            }

            text.Line($"r0 = 0").Line($"exit");
        }

        LinkedProgram program = HostileProgram.Assemble(text.ToString(), "socket_filter", [.. Enumerable.Range(0, Functions).Select(i => $"global int g{i}(u64 a)")]);
        var diagnostics = new VerifierDiagnostics();
        Assert.True(Verifier.Verify(program, Limits.Default, VerificationPolicy.Default, diagnostics).IsSuccess);
        Assert.True(diagnostics.Statistics.TotalStates > Functions * 10);
        Assert.True(diagnostics.Statistics.PeakStates < diagnostics.Statistics.TotalStates / 2, $"{diagnostics.Statistics}");
    }

    private const string Counting = "r1 = 0\nagain:\nr1 += 1\nr2 = r1\nif r1 < 3000 goto again\nr0 = 0\nexit";

    private static string Branches(int count)
    {
        var text = new StringBuilder("r2 = *(u32 *)(r1 +0)\n");
        for (int i = 0; i < count; i++)
        {
            text.Line($"if r2 == {i} goto out");
        }

        return text.Line($"out:").Line($"r0 = 0").Line($"exit").ToString();
    }

    private static void AtAndPast(string text, int atLimit, Func<Limits, int, Limits> with, Rule rule)
    {
        AssertAccepted(text, with(Limits.Default, atLimit));
        AssertRefused(text, with(Limits.Default, atLimit - 1), rule);
    }

    private static void AssertAccepted(string text, Limits limits)
    {
        Result<VerifiedProgram> verdict = Verify(text, limits);
        Assert.True(verdict.IsSuccess, string.Join('\n', verdict.Findings));
    }

    private static void AssertRefused(string text, Limits limits, Rule rule)
    {
        Result<VerifiedProgram> verdict = Verify(text, limits);
        Assert.False(verdict.IsSuccess);
        Assert.Contains(verdict.Findings, finding => finding.Rule == rule);
    }

    private static VerificationStatistics Statistics(string text, Limits limits)
    {
        var diagnostics = new VerifierDiagnostics();
        Verify(text, limits, diagnostics);
        return diagnostics.Statistics;
    }

    private static Result<VerifiedProgram> Verify(string text, Limits limits, VerifierDiagnostics? diagnostics = null)
        => Verifier.Verify(HostileProgram.Assemble(text), limits, VerificationPolicy.Default, diagnostics);

    /// <summary>Time goes by with every look at the clock, and not otherwise.</summary>
    private sealed class TickingClock(long millisecondsALook) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now += millisecondsALook;
    }
}
