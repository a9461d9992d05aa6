using Skep.Findings;

namespace Skep.Hosting.Trust;

/// <summary>
/// Copies of plugins in a folder that only this user can reach (mode 700 on Unix), made while they are checked, so that nobody can change a file between the
/// check and the load. Disposing removes them, as far as the system lets it. Not thread-safe.
/// </summary>
internal sealed class StagedPlugins : IDisposable
{
    private readonly Dictionary<string, PluginLedgerEntry> _entries = new(StringComparer.Ordinal);
    private DirectoryInfo? _root;

    /// <summary>What was loaded, by the assembly's path where it came from.</summary>
    public IReadOnlyDictionary<string, PluginLedgerEntry> Entries => _entries;

    /// <summary>Copies a plugin and checks it.</summary>
    /// <returns>The copy's path; null when it was refused, with findings.</returns>
    public string? Stage(string assembly, PluginGate gate, ICollection<Finding> findings)
    {
        var place = new Place { File = assembly, Plugin = Path.GetFileNameWithoutExtension(assembly) };
        try
        {
            if (!File.Exists(assembly))
            {
                findings.Add(PluginRules.FileMissing.Error(place, "there is no such file"));
                return null;
            }

            _root ??= Directory.CreateTempSubdirectory("skep-plugins-");
            string target = Path.Combine(_root.FullName, _entries.Count.ToString("d4", null), Path.GetFileNameWithoutExtension(assembly));
            PluginLedgerEntry entry = PluginFiles.Copy(assembly, target);
            int before = findings.Count;
            foreach (Finding finding in gate.Compare(assembly, entry))
            {
                findings.Add(finding);
            }

            if (findings.Count > before)
            {
                Directory.Delete(target, recursive: true);
                return null;
            }

            _entries[assembly] = entry;
            return Path.Combine(target, Path.GetFileName(assembly));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            findings.Add(TrustRules.Unreadable.Error(place, exception.Message));
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            _root?.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps files that are mapped; the system's cleaning of temporary files takes them.
        }

        _root = null;
    }
}
