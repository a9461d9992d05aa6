using Skep.Findings;

namespace Skep.Hosting;

/// <summary>Findings about plugins that come and go while a host lives.</summary>
public static class LifeRules
{
    public static readonly Rule Unknown = new(
        "SKEP5211",
        "no plugin of that name is loaded",
        "`skep plugin list` shows the plugins and their names.");

    public static readonly Rule NotNow = new(
        "SKEP5212",
        "a plugin is not in the state for that",
        "A plugin that drains can be resumed or unloaded; one that is loaded can be drained, upgraded or unloaded.");

    public static readonly Rule OtherPlugin = new(
        "SKEP5213",
        "a file that should upgrade a plugin has another one in it",
        "Name the file that has a version of the same plugin, or load it as a plugin of its own.");

    public static readonly Rule StaysBehind = new(
        "SKEP5214",
        "an old version of a plugin is still in use",
        "It leaves when what is named has gone: dispose it, or attach and load it again with the new version.");

    public static readonly Rule StillThere = new(
        "SKEP5215",
        "a plugin left, but its load context is still there",
        "Something keeps an object of the plugin, or a thread of it still runs: report this to the plugin's author. Its memory stays as long.");
}
