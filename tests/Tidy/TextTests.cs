using System.Text.RegularExpressions;

namespace Skep.Tidy.Tests;

/// <summary>What the texts of the repository promise: paths that exist, findings that are documented, bans that name their replacement.</summary>
public partial class TextTests
{
    private static readonly string[] Roots = ["src/", "tests/", "docs/", "samples/", "plugins-sdk/", "benchmarks/", ".ci/"];

    [Fact]
    public void Paths_in_documents_exist()
    {
        foreach (string file in Repository.WithEnding(".md"))
        {
            string text = Repository.Read(file);
            string folder = Path.GetDirectoryName(file) ?? "";
            foreach (Match link in MarkdownLink().Matches(text))
            {
                string target = link.Groups[1].Value;
                Assert.True(Repository.Exists(Path.Combine(folder, target)), $"{file} links to {target}, which is not there.");
            }

            foreach (Match path in CodePath().Matches(text))
            {
                string target = path.Groups[1].Value;
                bool isBuilt = target.Contains("/bin/", StringComparison.Ordinal);
                if (!isBuilt && Roots.Any(root => target.StartsWith(root, StringComparison.Ordinal)) && !target.Contains('*') && !target.Contains("NAME", StringComparison.Ordinal))
                {
                    Assert.True(Repository.Exists(target), $"{file} names {target}, which is not there.");
                }
            }
        }
    }

    [Fact]
    public void Every_ban_names_its_replacement()
    {
        foreach (string line in Repository.Read("BannedSymbols.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(';', 2);
            Assert.True(parts.Length == 2 && parts[1].Trim().Length > 0, $"BannedSymbols.txt: '{line}' names no replacement.");
        }
    }

    [Fact]
    public void Finding_ids_are_unique_and_documented()
    {
        var seen = new Dictionary<string, string>();
        string documented = Repository.Read("docs/findings.md");
        foreach (string file in Repository.WithEnding(".cs").Where(file => file.StartsWith("src/", StringComparison.Ordinal)))
        {
            foreach (Match match in RuleDeclaration().Matches(Repository.Read(file)))
            {
                string id = match.Groups[1].Value;
                Assert.True(seen.TryAdd(id, file), $"{id} is declared in {file} and in {seen.GetValueOrDefault(id)}.");
                Assert.Contains(id, documented, StringComparison.Ordinal);
            }
        }

        Assert.NotEmpty(seen);
        Assert.All(DocumentedId().Matches(documented), match => Assert.Contains(match.Groups[1].Value, seen.Keys));
    }

    [Fact]
    public void No_path_of_a_machine_appears()
    {
        string[] endings = [".cs", ".md", ".csproj", ".props", ".targets", ".json", ".sh", ".c", ".h", ".txt", ".sln"];
        foreach (string file in Repository.Files.Where(file => endings.Contains(Path.GetExtension(file)) || file.StartsWith(".ci/", StringComparison.Ordinal)))
        {
            Match match = MachinePath().Match(Repository.Read(file));
            Assert.False(match.Success, $"{file} names {match.Value}, a path of one machine.");
        }
    }

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"`([A-Za-z.][\w.\-]*/[\w./\-*]*)`")]
    private static partial Regex CodePath();

    [GeneratedRegex(@"new(?: Rule)?\(\s*""(SKEP\d{4})""")]
    private static partial Regex RuleDeclaration();

    [GeneratedRegex(@"\b(SKEP\d{4})\b")]
    private static partial Regex DocumentedId();

    [GeneratedRegex(@"(?<![\w.])/(work|home/\w+|Users/\w+)/")]
    private static partial Regex MachinePath();
}
