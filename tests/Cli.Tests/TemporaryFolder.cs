namespace Skep.Cli.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("skep-cli-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The command's plugins, without those that are named.</summary>
    public static TemporaryFolder PluginsWithout(params string[] missing)
    {
        var folder = new TemporaryFolder();
        foreach (string plugin in Directory.EnumerateDirectories(System.IO.Path.Combine(SkepProcess.CommandFolder, "plugins")))
        {
            string name = System.IO.Path.GetFileName(plugin);
            if (missing.Contains(name))
            {
                continue;
            }

            Directory.CreateDirectory(folder.File(name));
            foreach (string file in Directory.EnumerateFiles(plugin))
            {
                System.IO.File.Copy(file, System.IO.Path.Combine(folder.Path, name, System.IO.Path.GetFileName(file)));
            }
        }

        return folder;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
