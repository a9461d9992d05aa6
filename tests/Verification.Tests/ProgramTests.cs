using Skep.Verification.Tests.Oracle;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests;

/// <summary>Programs of the kinds people write, as both compilers make them at every level: what the kernel accepts is accepted.</summary>
public sealed class ProgramTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. RealPrograms.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_kernel_accepts_is_accepted(string name)
    {
        Assert.SkipUnless(RealPrograms.Objects.Length > 0, RealPrograms.Problem);
        bool asksKernel = LiveKernel.IsAvailable(out string reason);
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
                if (!verdict.Skep.IsSuccess && verdict.Kernel?.IsAccepted != false)
                {
                    refused.Add($"{verdict.Name}: {string.Join('\n', verdict.Skep.Findings)}");
                }

                Assert.False(verdict.Skep.IsSuccess && verdict.Kernel?.IsAccepted == false, $"{verdict.Name}: the kernel refuses it: {verdict.Kernel?.Log}");
            }
        }

        Assert.NotEqual(0, asked);
        Assert.True(refused.Count == 0, $"{refused.Count} of {asked} are refused; the kernel was {(asksKernel ? "asked" : "not asked: " + reason)}\n{string.Join('\n', refused)}");
    }

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
