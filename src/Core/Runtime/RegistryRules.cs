using Skep.Findings;

namespace Skep.Runtime;

/// <summary>Findings about what plugins add.</summary>
public static class RegistryRules
{
    public static readonly Rule NameClash = new(
        "SKEP5001",
        "two plugins add the same thing",
        "Remove one of the two plugins, or tell the host which one it prefers.");

    public static readonly Rule BadDescriptor = new(
        "SKEP5002",
        "a provider describes itself wrongly",
        "Report this to the plugin's author; the plugin was left out.");

    public static readonly Rule UnknownPreference = new(
        "SKEP5003",
        "a preference or exclusion names nothing that is there",
        "`skep plugin list` shows what each plugin adds.");
}
