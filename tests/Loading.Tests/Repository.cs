namespace Skep.Loading.Tests;

/// <summary>Where the files are that the tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Sources => Path.Combine(Root, "tests", "Loading.Tests", "Sources");

    public static IReadOnlyList<string> SampleObjects { get; } = FindSamples();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Framework.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests must run from inside the repository.");
    }

    private static string[] FindSamples()
    {
        string folder = Path.Combine(Root, "samples");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.bpf.o", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];
    }
}
