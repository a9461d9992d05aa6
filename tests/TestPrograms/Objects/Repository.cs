namespace Skep.TestPrograms.Objects;

/// <summary>Where the sources are that tests compile or read: above the folder that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Programs => Path.Combine(Root, "tests", "Verification.Tests", "Programs");

    public static string Samples => Path.Combine(Root, "samples");

    private static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Framework.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"Framework.sln was not found above {AppContext.BaseDirectory}.");
    }
}
