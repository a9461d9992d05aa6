using System.Runtime.CompilerServices;

namespace Skep.Tidy.Tests;

/// <summary>The source tree that the tests look at: what git would track, without build output.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", "artifacts", "TestResults", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> WithEnding(string ending) => Files.Where(file => file.EndsWith(ending, StringComparison.Ordinal));

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    public static bool Exists(string relativePath)
        => File.Exists(Path.Combine(Root, relativePath)) || Directory.Exists(Path.Combine(Root, relativePath));

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
        {
            if (!Directory.Exists(entry))
            {
                yield return Path.GetRelativePath(Root, entry).Replace('\\', '/');
            }
            else if (!Skipped.Contains(Path.GetFileName(entry)))
            {
                foreach (string file in Walk(entry))
                {
                    yield return file;
                }
            }
        }
    }

    private static string FindRoot([CallerFilePath] string source = "")
    {
        foreach (string? start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source) })
        {
            for (string? directory = start; directory is not null; directory = Path.GetDirectoryName(directory))
            {
                if (File.Exists(Path.Combine(directory, "Framework.sln")))
                {
                    return directory;
                }
            }
        }

        throw new InvalidOperationException("Framework.sln was not found above the test's directory.");
    }
}
