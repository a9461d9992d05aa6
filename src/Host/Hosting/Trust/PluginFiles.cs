using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Skep.Hosting.Trust;

/// <summary>The files that a plugin consists of: all in the folder of its assembly, and below.</summary>
public static class PluginFiles
{
    /// <summary>Hashes a plugin's files as they are now.</summary>
    /// <param name="assembly">The plugin's assembly.</param>
    /// <exception cref="IOException">A file or folder cannot be read; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public static PluginLedgerEntry Hash(string assembly) => Copy(assembly, null);

    /// <summary>The assemblies of plugins that <paramref name="path"/> means: a plugin's assembly, a plugin's folder, or a folder of such folders; sorted.</summary>
    public static ImmutableArray<string> FindAssemblies(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(path))
        {
            return [path];
        }

        return AssemblyOf(path) is { } own
            ? [own]
            : [.. Directory.Exists(path) ? Directory.GetDirectories(path).Order(StringComparer.Ordinal).Select(AssemblyOf).OfType<string>() : []];
    }

    /// <summary>Hashes a plugin's files, each read once, and writes what was read below <paramref name="target"/>.</summary>
    /// <param name="target">Null to write nothing.</param>
    internal static PluginLedgerEntry Copy(string assembly, string? target)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(assembly)) ?? throw new ArgumentException("The path of an assembly is needed.", nameof(assembly));
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false, MaxRecursionDepth = 16 }))
        {
            string name = Path.GetRelativePath(folder, path);
            files[name.Replace('\\', '/')] = HashOne(path, target is null ? null : Path.Combine(target, name));
        }

        return new PluginLedgerEntry(null, files.ToImmutable());
    }

    private static string HashOne(string path, string? copy)
    {
        using FileStream source = File.OpenRead(path);
        if (copy is null)
        {
            return Convert.ToHexStringLower(SHA256.HashData(source));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        using FileStream target = File.Create(copy);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[81920];
        while (source.Read(buffer) is > 0 and int count)
        {
            hash.AppendData(buffer, 0, count);
            target.Write(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? AssemblyOf(string folder)
    {
        string assembly = Path.Combine(folder, Path.GetFileName(folder) + ".dll");
        return File.Exists(assembly) ? assembly : null;
    }
}
