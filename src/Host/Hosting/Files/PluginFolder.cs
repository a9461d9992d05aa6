using Skep.Findings;
using Skep.Hosting.Composition;

namespace Skep.Hosting.Files;

/// <summary>Finds the plugins of a folder: <c>NAME/NAME.dll</c>, in the order of their names.</summary>
internal static class PluginFolder
{
    public static IEnumerable<FileSource> Find(FolderSource source, ICollection<Finding> findings)
    {
        string[] folders;
        try
        {
            folders = Directory.GetDirectories(source.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var place = new Place { File = source.Path };
            string message = exception is DirectoryNotFoundException ? "there is no such folder" : exception.Message;
            findings.Add(source.IsDefault
                ? PluginRules.FolderMissing.Warning(place, message, "Without plugins a host can run nothing: lay them there, or name another folder.")
                : PluginRules.FolderMissing.Error(place, message));
            return [];
        }

        Array.Sort(folders, StringComparer.Ordinal);
        return folders.Select(folder => new FileSource(Path.Combine(folder, Path.GetFileName(folder) + ".dll")));
    }
}
