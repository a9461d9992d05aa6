using Skep.Findings;

namespace Skep.Runtime;

/// <summary>Findings about what uses a plugin that leaves or is upgraded.</summary>
public static class UpgradeRules
{
    public static readonly Rule ChangedPrototype = new(
        "SKEP5201",
        "a helper that a loaded program calls has another prototype in the new version",
        "Build the programs against the new version and load them again, or let them stay with the old version.");

    public static readonly Rule ChangedType = new(
        "SKEP5202",
        "the type of a loaded program is another one in the new version",
        "Build the programs against the new version and load them again, or let them stay with the old version.");

    public static readonly Rule NoLongerLoads = new(
        "SKEP5203",
        "a loaded program would not load with the new version",
        "Mend or unload the program first, or let it stay with the old version.");

    public static readonly Rule TakenAway = new(
        "SKEP5204",
        "something was taken from its user because a plugin had to leave",
        "Load and attach again what still is to run; give the plugin's users more time the next time.");
}
