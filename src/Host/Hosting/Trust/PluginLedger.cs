using System.Collections.Immutable;
using System.Text.Json;
using Skep.Findings;

namespace Skep.Hosting.Trust;

/// <summary>What one plugin consists of.</summary>
/// <param name="Version">Of the plugin, where it was loaded; null where only its files were looked at.</param>
/// <param name="Files">SHA-256 in lower-case hexadecimal by path, relative to the plugin's folder and with <c>/</c>.</param>
public sealed record PluginLedgerEntry(string? Version, ImmutableSortedDictionary<string, string> Files);

/// <summary>
/// Plugins and the hashes of their files, as <c>plugins.trust.json</c> (what may be loaded) and <c>plugins.lock.json</c> (what was loaded) hold them.
/// Plugins are known by their assembly's file name without its ending.
/// </summary>
public sealed record PluginLedger(ImmutableSortedDictionary<string, PluginLedgerEntry> Plugins)
{
    public const string TrustFileName = "plugins.trust.json";
    public const string LockFileName = "plugins.lock.json";

    private const int FormatVersion = 1;
    private const int MaxBytes = 16 << 20;

    public static readonly PluginLedger Empty = new(ImmutableSortedDictionary.Create<string, PluginLedgerEntry>(StringComparer.Ordinal));

    /// <summary>Reads a file; whatever is wrong with it is a finding.</summary>
    public static Result<PluginLedger> Read(string path)
    {
        var place = new Place { File = path };
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                return Result<PluginLedger>.Failure(TrustRules.BadLedger.Error(place, $"the file has more than {MaxBytes} bytes"));
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(document.RootElement, place);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return Result<PluginLedger>.Failure(TrustRules.BadLedger.Error(place, exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : exception.Message));
        }
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="IOException">As for any file; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public void Write(string path)
    {
        path = Path.GetFullPath(path);
        string beside = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (FileStream file = File.Create(beside))
            {
                using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
                Write(json);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static Result<PluginLedger> Parse(JsonElement root, Place place)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out JsonElement version) || !version.TryGetInt32(out int number) || number != FormatVersion)
        {
            return Result<PluginLedger>.Failure(TrustRules.BadLedger.Error(place, $"the file has no \"version\": {FormatVersion}"));
        }

        var plugins = ImmutableSortedDictionary.CreateBuilder<string, PluginLedgerEntry>(StringComparer.Ordinal);
        if (!root.TryGetProperty("plugins", out JsonElement list) || list.ValueKind != JsonValueKind.Object)
        {
            return Result<PluginLedger>.Failure(TrustRules.BadLedger.Error(place, "the file has no object \"plugins\""));
        }

        foreach (JsonProperty plugin in list.EnumerateObject())
        {
            if (ParseEntry(plugin.Value) is not { } entry)
            {
                return Result<PluginLedger>.Failure(TrustRules.BadLedger.Error(place, $"plugin {plugin.Name} has no \"files\" with a SHA-256 in hexadecimal each"));
            }

            plugins[plugin.Name] = entry;
        }

        return Result<PluginLedger>.Success(new PluginLedger(plugins.ToImmutable()));
    }

    private static PluginLedgerEntry? ParseEntry(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("files", out JsonElement list) || list.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty file in list.EnumerateObject())
        {
            if (file.Value.ValueKind != JsonValueKind.String || file.Value.GetString() is not { Length: 64 } hash || !hash.All(char.IsAsciiHexDigit))
            {
                return null;
            }

            files[file.Name] = hash.ToLowerInvariant();
        }

        string? version = entry.TryGetProperty("version", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return new PluginLedgerEntry(version, files.ToImmutable());
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("version", FormatVersion);
        json.WriteStartObject("plugins");
        foreach ((string name, PluginLedgerEntry entry) in Plugins)
        {
            json.WriteStartObject(name);
            if (entry.Version is { } version)
            {
                json.WriteString("version", version);
            }

            json.WriteStartObject("files");
            foreach ((string file, string hash) in entry.Files)
            {
                json.WriteString(file, hash);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
