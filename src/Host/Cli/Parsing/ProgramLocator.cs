namespace Skep.Cli.Parsing;

/// <summary><c>FILE[:NAME]</c>: an object file and, where it is said, one of its programs.</summary>
internal sealed record ProgramLocator(string File, string? Name)
{
    /// <summary>A colon belongs to the file's name when the whole text is a file, and in <c>C:\…</c>.</summary>
    /// <param name="exists">Whether there is a file or a folder of that name.</param>
    public static ProgramLocator Parse(string text, Func<string, bool> exists)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || exists(text))
        {
            return new ProgramLocator(text, null);
        }

        string name = text[(colon + 1)..];
        bool isPath = name.Length == 0 || name.AsSpan().ContainsAny('/', '\\');
        return isPath ? new ProgramLocator(text, null) : new ProgramLocator(text[..colon], name);
    }

    public static ProgramLocator Parse(string text) => Parse(text, Path.Exists);
}
