using System.Collections.Immutable;
using Skep.Findings;

namespace Skep.Hosting.Trust;

/// <summary>
/// Which plugin files a host takes. Unless nothing is to be checked but places, every file of a plugin is read once, into a folder that only this user can reach, hashed
/// on the way, and loaded from there: what is loaded is what was checked. Immutable.
/// </summary>
public sealed record PluginTrust
{
    /// <summary>Any plugin that lies where not everybody can write.</summary>
    public static readonly PluginTrust Everyone = new();

    /// <summary>A file that lists the plugins that may be loaded; null for no such list.</summary>
    public string? TrustFile { get; init; }

    /// <summary>A file that lists the plugins that must be loaded, those and no others; null for no such list.</summary>
    public string? LockFile { get; init; }

    /// <summary>Takes plugins from where everybody can write; for file systems that know no owners.</summary>
    public bool AllowsOpenPlaces { get; init; }

    /// <summary>Hashes are taken of what is loaded, so that <see cref="SkepHost.WriteLock"/> can write them; always so with one of the lists.</summary>
    public bool RecordsFiles { get; init; }

    /// <summary>Whether plugins are loaded from a copy that was checked.</summary>
    internal bool IsStaged => RecordsFiles || TrustFile is not null || LockFile is not null;

    internal bool ChecksOwners => TrustFile is not null || LockFile is not null;

    /// <summary>The lists, read once for a start.</summary>
    internal Result<PluginGate> Open()
    {
        var findings = new List<Finding>();
        PluginLedger? trusted = ReadList(TrustFile, findings);
        PluginLedger? locked = ReadList(LockFile, findings);
        return findings.Count > 0 ? Result<PluginGate>.Failure(findings) : Result<PluginGate>.Success(new PluginGate(this, trusted, locked));
    }

    private PluginLedger? ReadList(string? path, List<Finding> findings)
    {
        if (path is null)
        {
            return null;
        }

        Result<PluginLedger> list = PluginLedger.Read(path);
        findings.AddRange(list.Findings);
        if (!AllowsOpenPlaces && PlaceCheck.FindObstacle(path, owners: true) is { } obstacle)
        {
            findings.Add(obstacle);
        }

        return list.Value;
    }
}

/// <summary>Lets plugins through, as a <see cref="PluginTrust"/> and its lists say.</summary>
internal sealed class PluginGate(PluginTrust trust, PluginLedger? trusted, PluginLedger? locked)
{
    public bool IsStaged => trust.IsStaged;

    /// <summary>Plugins of the lock that were not among those that came.</summary>
    public IEnumerable<Finding> FindMissing(IEnumerable<string> loaded)
        => locked is null
            ? []
            : locked.Plugins.Keys.Except(loaded, StringComparer.Ordinal)
                .Select(name => TrustRules.Gone.Error(new Place { File = trust.LockFile, Plugin = name }, $"plugin {name} is in the lock file and was not loaded"));

    /// <summary>Whether the plugin lies where only the right people can write.</summary>
    public Finding? FindObstacle(string assembly)
        => trust.AllowsOpenPlaces ? null : PlaceCheck.FindObstacle(assembly, trust.ChecksOwners);

    /// <summary>Whether a plugin's files are those that the lists name.</summary>
    /// <param name="actual">Hashes of the bytes that would be loaded.</param>
    public ImmutableArray<Finding> Compare(string assembly, PluginLedgerEntry actual)
        => [.. Compare(assembly, actual, trusted, trust.TrustFile), .. Compare(assembly, actual, locked, trust.LockFile)];

    private static IEnumerable<Finding> Compare(string assembly, PluginLedgerEntry actual, PluginLedger? list, string? listFile)
    {
        if (list is null)
        {
            yield break;
        }

        string name = Path.GetFileNameWithoutExtension(assembly);
        string folder = Path.GetDirectoryName(assembly) ?? "";
        if (!list.Plugins.TryGetValue(name, out PluginLedgerEntry? expected))
        {
            string hash = actual.Files.GetValueOrDefault(Path.GetFileName(assembly), "none");
            yield return TrustRules.NotListed.Error(new Place { File = assembly, Plugin = name }, $"{listFile} does not list plugin {name} (SHA-256 {hash})");
            yield break;
        }

        foreach ((string file, string hash) in actual.Files)
        {
            var place = new Place { File = Path.Combine(folder, file), Plugin = name };
            if (!expected.Files.TryGetValue(file, out string? wanted))
            {
                yield return TrustRules.NotListed.Error(place, $"{listFile} does not list {file} of plugin {name} (SHA-256 {hash})");
            }
            else if (wanted != hash)
            {
                yield return TrustRules.Changed.Error(place, $"the file's SHA-256 is {hash}; {listFile} says {wanted}");
            }
        }

        foreach (string file in expected.Files.Keys.Except(actual.Files.Keys, StringComparer.Ordinal))
        {
            yield return TrustRules.Gone.Error(new Place { File = Path.Combine(folder, file), Plugin = name }, $"{listFile} lists {file} of plugin {name}, which is not there");
        }
    }
}
