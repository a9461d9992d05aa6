using Skep.Contracts;
using Skep.Engines.Tests.Harness;
using Skep.Findings;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Worlds;

namespace Skep.Engines.Tests.Programs;

/// <summary>The verifier's corpus, as far as it is accepted, and what fuzzing found: every engine does the same on every input.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    private const int Inputs = 12;

    private static string Found => Path.Combine(Repository.Root, "tests", "Engines.Tests", "Programs");

    private static string Corpus => Path.Combine(Repository.Root, "tests", "Verification.Tests", "Corpus");

    [Fact]
    public void What_was_found_is_mended() => Check(Entries(Found), least: 12, isEachAccepted: true);

    [Fact]
    public void The_corpus_does_the_same_on_every_engine() => Check(Sample.Of(Entries(Corpus).Where(entry => entry.SkepAccepts)), least: Sample.Of(1000));

    private static IEnumerable<CorpusEntry> Entries(string folder)
        => Directory.EnumerateFiles(folder, "*.corpus").Order(StringComparer.Ordinal).SelectMany(file => CorpusReader.Read(Path.GetFileName(file), File.ReadAllText(file)));

    private void Check(IEnumerable<CorpusEntry> entries, int least, bool isEachAccepted = false)
    {
        using var world = new World();
        using var comparison = new Comparison(world, Comparison.DefaultLimits);
        var problems = new List<string>();
        int runs = 0;
        foreach (CorpusEntry entry in entries)
        {
            IProgramType type = HostTypes.Find(entry.Type, entry.Flags.HasFlag(CorpusFlags.Strict));
            Result<VerifiedProgram> loaded = comparison.Load(CorpusProgram.Assemble(entry).ToSpec(entry), type, entry.Policy);
            if (!loaded.IsSuccess || !comparison.IsProved)
            {
                Assert.False(isEachAccepted, $"{entry.Place} {entry.Name} does not run: {string.Join("; ", loaded.Findings.Select(finding => finding.Message))}");
                continue;
            }

            for (ulong input = 0; input < Inputs; input++)
            {
                ulong seed = input;
                runs++;
                if (comparison.Compare(() => world.Reset(seed)) is { } problem)
                {
                    problems.Add($"{entry.Place} {entry.Name} (input {input}): {problem}");
                    break;
                }
            }
        }

        output.WriteLine($"{runs} runs, {comparison.Compared} comparisons, {comparison.StackDependent} tell their stack, {comparison.Trapped} trap");
        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems)}");
        Assert.InRange(runs, least, int.MaxValue);
    }
}
