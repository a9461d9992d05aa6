using System.Text;
using System.Text.Json;
using Skep.Runtime;

namespace Skep.Hosting.Manifest;

/// <summary>Manifests as people and as tools read them; both say the same.</summary>
public static class ManifestPrinter
{
    /// <summary>The plugin, then each provider with its details and helpers, indented by two spaces a level; lines end in <c>\n</c>.</summary>
    public static string ToText(PluginManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var text = new StringBuilder();
        Line(0, $"{manifest.Name} {manifest.Version}: {manifest.Description}");
        Line(1, manifest.Origin is null ? "from the host itself" : $"from {manifest.Origin}");
        foreach (ProviderEntry provider in manifest.Providers)
        {
            string number = provider.Number is { } value ? $" ({value})" : "";
            Line(1, $"{new ProviderKey(provider.Kind, provider.Name)}{number}: {provider.Description}");
            foreach (ManifestDetail detail in provider.Details)
            {
                Line(2, $"{detail.Name}: {detail.Value}");
            }

            foreach (HelperEntry helper in provider.Helpers)
            {
                Line(2, (helper.Number is { } helperNumber ? $"#{helperNumber} " : "") + helper.Prototype + (helper.IsGplOnly ? "  (GPL only)" : ""));
                if (helper.Description.Length > 0)
                {
                    Line(3, helper.Description);
                }
            }
        }

        return text.ToString();

        void Line(int level, string content) => text.Append(' ', 2 * level).Append(content).Append('\n');
    }

    /// <summary>An array with one object a plugin.</summary>
    public static string ToJson(IEnumerable<PluginManifest> manifests, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented }))
        {
            json.WriteStartArray();
            foreach (PluginManifest manifest in manifests)
            {
                WriteTo(json, manifest);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Writes one plugin's object, for callers that have a document of their own.</summary>
    public static void WriteTo(Utf8JsonWriter json, PluginManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(manifest);
        json.WriteStartObject();
        json.WriteString("name", manifest.Name);
        json.WriteString("version", manifest.Version.ToString());
        json.WriteString("description", manifest.Description);
        json.WriteString("origin", manifest.Origin);
        json.WriteStartArray("providers");
        foreach (ProviderEntry provider in manifest.Providers)
        {
            WriteProvider(json, provider);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProvider(Utf8JsonWriter json, ProviderEntry provider)
    {
        json.WriteStartObject();
        json.WriteString("kind", ProviderKey.KindName(provider.Kind));
        json.WriteString("name", provider.Name);
        WriteNumber(json, provider.Number);
        json.WriteString("description", provider.Description);
        json.WriteStartObject("details");
        foreach (ManifestDetail detail in provider.Details)
        {
            json.WriteString(detail.Name, detail.Value);
        }

        json.WriteEndObject();
        if (provider.Kind == ProviderKind.HelperSet)
        {
            json.WriteStartArray("helpers");
            foreach (HelperEntry helper in provider.Helpers)
            {
                json.WriteStartObject();
                json.WriteString("name", helper.Name);
                WriteNumber(json, helper.Number);
                json.WriteString("prototype", helper.Prototype);
                json.WriteString("description", helper.Description);
                json.WriteBoolean("gpl_only", helper.IsGplOnly);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber("number", value);
        }
    }
}
