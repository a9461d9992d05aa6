using System.Collections.Immutable;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.Verification.Tests.Corpus;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests;

/// <summary>Each entry of the corpus on Skep's verifier and on the running kernel's.</summary>
public sealed class CorpusTests
{
    public static IEnumerable<TheoryDataRow<string>> Entries => CorpusFixture.Entries
        .DistinctBy(entry => entry.Id)
        .Select(entry => new TheoryDataRow<string>(entry.Id) { TestDisplayName = entry.Id });

    [Theory]
    [MemberData(nameof(Entries), DisableDiscoveryEnumeration = true)]
    public void Skep_gives_the_expected_verdict(string id)
    {
        CorpusEntry entry = CorpusFixture.Find(id);
        Result<VerifiedProgram> result = CorpusFixture.AskSkep(entry);
        ImmutableArray<ExpectedFinding> errors = SkepSide.Errors(result);
        bool isExpected = entry.SkepAccepts
            ? result.IsSuccess
            : errors.Length >= entry.Expected.Length && entry.Expected.Zip(errors).All(pair => pair.First.Matches(pair.Second));
        Assert.True(isExpected, CorpusReport.Difference(entry, result));
    }

    [Theory]
    [MemberData(nameof(Entries), DisableDiscoveryEnumeration = true)]
    public void The_kernel_gives_the_expected_verdict(string id)
    {
        CorpusEntry entry = CorpusFixture.Find(id);
        Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);
        Assert.SkipWhen(entry.Flags.HasFlag(CorpusFlags.Fuel), "the kernel has no fuel: it refuses loops that it cannot prove to end");
        KernelLoadResult result = CorpusFixture.AskKernel(entry);
        Assert.True(result.IsAccepted == entry.KernelAccepts, CorpusReport.Difference(entry, result));
    }

    /// <summary>Prints both verdicts of the entries whose name contains SKEP_CORPUS_SHOW; <c>*</c> is all of them.</summary>
    [Fact]
    public void Show()
    {
        string? part = Environment.GetEnvironmentVariable("SKEP_CORPUS_SHOW");
        Assert.SkipWhen(string.IsNullOrEmpty(part), "set SKEP_CORPUS_SHOW to a part of a name to see both verdicts");
        Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);
        foreach (CorpusEntry entry in CorpusFixture.Entries.Where(entry => part == "*" || entry.Id.Contains(part, StringComparison.Ordinal)))
        {
            Console.WriteLine(CorpusReport.Both(entry, isShort: part == "*"));
        }
    }
}
