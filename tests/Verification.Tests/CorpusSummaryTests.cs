using Skep.TestPrograms.Corpus;

namespace Skep.Verification.Tests;

/// <summary>The corpus as a whole.</summary>
public sealed class CorpusSummaryTests
{
    private const int FewestEntries = 600;
    private const double LeastAgreement = 0.98;
    private const string NotSafety = "not safety:";
    private const string KernelIsWrong = "the kernel is wrong:";

    [Fact]
    public void It_is_large() => Assert.InRange(CorpusFixture.Entries.Length, FewestEntries, int.MaxValue);

    [Fact]
    public void Names_are_unique() => Assert.Empty(CorpusFixture.Entries
        .CountBy(entry => entry.Name)
        .Where(name => name.Value > 1)
        .Select(name => name.Key));

    [Fact]
    public void What_the_kernel_refuses_for_safety_is_refused() => Assert.Empty(CorpusFixture.Entries
        .Where(entry => entry.SkepAccepts && !entry.KernelAccepts && !entry.Flags.HasFlag(CorpusFlags.Fuel))
        .Where(entry => !entry.Reason.StartsWith(NotSafety, StringComparison.Ordinal))
        .Select(entry => $"{entry.Place}: {entry.Name}"));

    [Fact]
    public void The_verdicts_agree()
    {
        CorpusEntry[] asked = [.. CorpusFixture.Entries.Where(entry => !entry.Flags.HasFlag(CorpusFlags.Fuel) && !entry.Reason.StartsWith(KernelIsWrong, StringComparison.Ordinal))];
        CorpusEntry[] different = [.. asked.Where(entry => entry.SkepAccepts != entry.KernelAccepts)];
        Assert.True(
            different.Length <= asked.Length * (1 - LeastAgreement),
            $"{different.Length} of {asked.Length} verdicts differ:\n{string.Join('\n', different.Select(entry => $"{entry.Place}: {entry.Reason}"))}");
    }

    [Fact]
    public void Each_family_accepts_and_refuses() => Assert.Empty(CorpusFixture.Entries
        .GroupBy(entry => entry.Family)
        .Where(family => family.All(entry => entry.SkepAccepts) || !family.Any(entry => entry.SkepAccepts))
        .Select(family => family.Key));
}
