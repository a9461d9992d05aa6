namespace Skep.Hosting.Files;

/// <summary>
/// A private copy of a plugin's folder, from which it is loaded: the files themselves can then be replaced and deleted on every system, and what was inspected is what is loaded.
/// Disposing it deletes it, as far as the system lets it go.
/// </summary>
internal sealed class ShadowCopy : IDisposable
{
    private readonly string _folder;

    private ShadowCopy(string folder, string file)
    {
        _folder = folder;
        Path = System.IO.Path.Combine(folder, file);
    }

    /// <summary>The copy of the plugin's assembly.</summary>
    public string Path { get; }

    /// <exception cref="IOException">A file cannot be read, or is being written.</exception>
    public static ShadowCopy Of(string path)
    {
        string source = System.IO.Path.GetDirectoryName(path)!;
        // For its owner alone.
        string folder = Directory.CreateTempSubdirectory("skep-plugin-").FullName;
        var copy = new ShadowCopy(folder, System.IO.Path.GetFileName(path));
        try
        {
            foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                string target = System.IO.Path.Combine(folder, System.IO.Path.GetRelativePath(source, file));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
        catch
        {
            copy.Dispose();
            throw;
        }

        return copy;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where files cannot be deleted while they are mapped, the copy stays until the system cleans its temporary folder.
        }
    }
}
