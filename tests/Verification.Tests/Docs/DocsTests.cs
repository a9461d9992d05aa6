using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.Verification.Tests.Corpus;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests.Docs;

/// <summary>
/// The pages about findings hold what they say: the program that is shown gives the finding and the message, the mended one is accepted, and Linux says what is
/// quoted of it. In quotations … stands for anything.
/// </summary>
public sealed class DocsTests
{
    private static readonly ImmutableArray<Rule> Rules =
    [
        .. typeof(VerificationRules).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(VerificationRules).Namespace && type.Name.EndsWith("Rules", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Select(field => field.GetValue(null)).OfType<Rule>()
            .OrderBy(rule => rule.Id, StringComparer.Ordinal),
    ];

    public static TheoryData<string> Pages => [.. Rules.Select(rule => rule.Id)];

    [Fact]
    public void Every_rule_has_a_page_and_every_page_a_rule()
        => Assert.Equal(
            Rules.Select(rule => rule.Id),
            Directory.EnumerateFiles(DocPage.Folder, "SKEP*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_title_is_the_rules(string id)
    {
        Rule rule = Rules.Single(rule => rule.Id == id);
        Assert.Equal($"{rule.Id}: {rule.Title}", DocPage.Read(id).Title);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_program_gives_the_finding_and_the_message(string id)
    {
        DocPage page = DocPage.Read(id);
        DocBlock block = page.Find("ebpf refused") ?? page.Find("ebpf warned") ?? throw new InvalidOperationException($"{id}.md shows no program");
        Result<VerifiedProgram> result = SkepSide.Verify(page.Program(block));
        Finding finding = Told(result, id);
        Assert.Equal(block.Info == "ebpf refused", !result.IsSuccess);
        Assert.True(finding.Rule.Id == id, $"{id}.md:{block.Line}: {string.Join('\n', result.Findings)}");
        DocBlock quoted = page.Find("text skep") ?? throw new InvalidOperationException($"{id}.md does not say what Skep says");
        Assert.True(IsIn(quoted.Text, finding.Message, isWhole: true), $"{id}.md:{quoted.Line}: Skep says\n{finding.Message}\nand the page\n{quoted.Text}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_mended_program_is_accepted(string id)
    {
        DocPage page = DocPage.Read(id);
        DocBlock block = page.Find("ebpf accepted") ?? throw new InvalidOperationException($"{id}.md shows no mended program");
        Result<VerifiedProgram> result = SkepSide.Verify(page.Program(block));
        Assert.True(result.IsSuccess && result.Findings.IsEmpty && result.Value.Facts.Proof == Proof.Full, $"{id}.md:{block.Line}: {string.Join('\n', result.Findings)}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Linux_says_what_is_quoted(string id)
    {
        DocPage page = DocPage.Read(id);
        Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);
        Assert.SkipUnless(page.Find("text linux") is not null, "the page quotes nothing");
        DocBlock quoted = page.Find("text linux")!;
        KernelLoadResult refused = CorpusFixture.AskKernel(page.Program(page.Find("ebpf refused")!).Entry);
        Assert.False(refused.IsAccepted, $"{id}.md: Linux accepts the program");
        Assert.All(quoted.Text.Split('\n'), line => Assert.True(IsIn(line, refused.Log, isWhole: false), $"{id}.md:{quoted.Line}: Linux says\n{refused.Log}\nand the page\n{line}"));
        CorpusEntry mended = page.Program(page.Find("ebpf accepted")!).Entry;
        Assert.True(CorpusFixture.AskKernel(mended).IsAccepted == mended.KernelAccepts, $"{id}.md: {CorpusFixture.AskKernel(mended).Log}");
    }

    /// <summary>Writes what each page's programs give to SKEP_DOCS_SHOW, a file, as JSON: for filling in what is quoted.</summary>
    [Fact]
    public void Show()
    {
        string? file = Environment.GetEnvironmentVariable("SKEP_DOCS_SHOW");
        Assert.SkipWhen(string.IsNullOrEmpty(file), "set SKEP_DOCS_SHOW to a file to have what the pages' programs give written there");
        File.WriteAllText(file!, JsonSerializer.Serialize(Directory.EnumerateFiles(DocPage.Folder, "SKEP*.md").Select(page => Describe(Path.GetFileNameWithoutExtension(page)))));
    }

    private static object Describe(string id)
    {
        DocPage page = DocPage.Read(id);
        DocProgram refused = page.Program((page.Find("ebpf refused") ?? page.Find("ebpf warned"))!);
        DocProgram mended = page.Program(page.Find("ebpf accepted")!);
        Result<VerifiedProgram> result = SkepSide.Verify(refused);
        Finding finding = Told(result, id);
        bool isKernelHere = LiveKernel.IsAvailable(out _);
        KernelLoadResult? kernel = isKernelHere ? CorpusFixture.AskKernelAtLength(refused.Entry) : null;
        KernelLoadResult? kernelMended = isKernelHere ? CorpusFixture.AskKernelAtLength(mended.Entry) : null;
        return new
        {
            Id = id,
            First = finding.Rule.Id,
            finding.Message,
            Registers = finding.Explanation?.Registers,
            Mended = string.Join('\n', SkepSide.Verify(mended).Findings),
            KernelAccepts = kernel?.IsAccepted,
            KernelLog = kernel?.Log,
            KernelAcceptsMended = kernelMended?.IsAccepted,
            KernelMendedLog = kernelMended?.IsAccepted == true ? "" : kernelMended?.Log,
        };
    }

    /// <summary>The first finding; of the one that ends lists, itself.</summary>
    private static Finding Told(Result<VerifiedProgram> result, string id)
        => id == VerificationRules.MoreProblems.Id ? result.Findings[^1] : result.Findings is [{ } first, ..] ? first : throw new InvalidOperationException($"the program of {id}.md is accepted");

    private static bool IsIn(string quoted, string text, bool isWhole)
    {
        string[] parts = quoted.Split('…');
        int at = 0;
        foreach (string part in parts)
        {
            int found = text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0 || (isWhole && at == 0 && found != 0 && part == parts[0]))
            {
                return false;
            }

            at = found + part.Length;
        }

        return !isWhole || at == text.Length || parts[^1].Length == 0;
    }
}
