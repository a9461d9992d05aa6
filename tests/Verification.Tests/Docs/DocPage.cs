using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Skep.Verification.Tests.Docs;

/// <summary>A fenced block: <c>ebpf refused</c>, <c>ebpf warned</c>, <c>ebpf accepted</c>, <c>text skep</c>, <c>text linux</c>, or another that nothing is done with.</summary>
internal sealed record DocBlock(string Info, string Text, int Line);

/// <summary>A page of docs/verifier.</summary>
/// <param name="Name">The file's name without extension: the id of the rule.</param>
internal sealed record DocPage(string Name, string Title, ImmutableArray<DocBlock> Blocks)
{
    private const string Fence = "```";

    /// <summary>The folder in the repository that the tests were built from.</summary>
    internal static string Folder { get; } = FindFolder();

    internal static DocPage Read(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, name + ".md"));
        var blocks = ImmutableArray.CreateBuilder<DocBlock>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            int start = i;
            var text = new StringBuilder();
            for (i++; lines[i] != Fence; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{lines[i]}\n");
            }

            blocks.Add(new DocBlock(lines[start][Fence.Length..], text.ToString().TrimEnd('\n'), start + 1));
        }

        return new DocPage(name, lines[0].TrimStart('#', ' '), blocks.ToImmutable());
    }

    internal DocProgram Program(DocBlock block) => DocProgramReader.Read($"{Name}.md:{block.Line}", Name, block.Text, block.Info == "ebpf accepted");

    internal DocBlock? Find(string info) => Blocks.FirstOrDefault(block => block.Info == info);

    private static string FindFolder()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string pages = Path.Combine(folder, "docs", "verifier");
            if (Directory.Exists(pages))
            {
                return pages;
            }
        }

        throw new DirectoryNotFoundException("docs/verifier is in none of the folders above the tests");
    }
}
