using Skep.Findings;
using Skep.TestPrograms.Objects;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests;

/// <summary>Programs of the kinds people write, as both compilers make them at every level: what the kernel accepts is accepted.</summary>
public sealed class ProgramTests(ITestOutputHelper output)
{
    /// <summary>Programs that Skep refuses by decision, though the kernel takes them, and why.</summary>
    private static readonly Dictionary<string, string> OutOfScope = new()
    {
        ["ring_dynptr"] = "dynamic pointers (bpf_dynptr) are not followed by the verifier, and no helper that makes one is offered; ring_paths does the same with records of fixed size",
    };

    public static TheoryData<string> Names => [.. RealPrograms.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_kernel_accepts_is_accepted(string name)
    {
        Assert.SkipUnless(RealPrograms.Objects.Length > 0, RealPrograms.Problem);
        bool asksKernel = LiveKernel.IsAvailable(out string why);
        var refused = new List<string>();
        int asked = 0;
        foreach (string path in RealPrograms.Objects.Where(path => Path.GetFileName(path).StartsWith(name + ".", StringComparison.Ordinal)))
        {
            foreach (ProgramVerdict verdict in ProgramVerdicts.Of(path, asksKernel))
            {
                asked++;
                output.WriteLine(
                    $"{verdict.Name,-60} {verdict.Instructions,6} insns  visited {verdict.Statistics.VisitedInstructions,7} (kernel {verdict.Kernel?.Statistics?.ProcessedInstructions,7})"
                    + $"  {verdict.Statistics.Duration.TotalMicroseconds,8:0} us (kernel {verdict.Kernel?.Statistics?.VerificationTime.TotalMicroseconds,8:0})");
                if (OutOfScope.TryGetValue(name, out string? reason))
                {
                    AssertRefusedClearly(verdict, reason);
                }
                else if (!verdict.Skep.IsSuccess && verdict.Kernel?.IsAccepted != false)
                {
                    refused.Add($"{verdict.Name}: {string.Join('\n', verdict.Skep.Findings)}");
                }

                Assert.False(verdict.Skep.IsSuccess && verdict.Kernel?.IsAccepted == false, $"{verdict.Name}: the kernel refuses it: {verdict.Kernel?.Log}");
            }
        }

        Assert.NotEqual(0, asked);
        Assert.True(refused.Count == 0, $"{refused.Count} of {asked} are refused; the kernel was {(asksKernel ? "asked" : "not asked: " + why)}\n{string.Join('\n', refused)}");
    }

    private void AssertRefusedClearly(ProgramVerdict verdict, string reason)
    {
        Assert.False(verdict.Skep.IsSuccess, $"{verdict.Name} is accepted: take it off the list");
        Finding[] errors = [.. verdict.Skep.Findings.Where(finding => finding.IsError)];
        Assert.All(errors, error => Assert.Contains(error.Rule, new[] { CallRules.ArgumentKind, VerificationRules.UnknownHelper }));
        output.WriteLine($"refused by decision: {verdict.Name}: {reason}");
        output.WriteLine($"    {string.Join("\n    ", errors.Select(error => $"{error.Rule.Id}: {error.Message}"))}");
    }

    [Fact]
    public void What_is_out_of_scope_is_among_the_programs() => Assert.Subset(RealPrograms.Names.ToHashSet(), OutOfScope.Keys.ToHashSet());

    /// <summary>For work on the verifier: writes both walks of an object's programs beside each other, to FOLDER/PROGRAM.skep and .kernel.</summary>
    [Fact]
    public void Show()
    {
        string? path = Environment.GetEnvironmentVariable("SKEP_PROGRAM_SHOW");
        Assert.SkipUnless(path is not null, "for work by hand: SKEP_PROGRAM_SHOW=OBJECT[:FOLDER]");
        string[] parts = path.Split(':');
        ProgramVerdicts.WriteLogs(parts[0], parts.Length > 1 ? parts[1] : ".");
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.True(RealPrograms.Names.Length >= 40);
}
