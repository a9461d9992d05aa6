using Skep.Findings;

namespace Skep.Hosting.Trust;

/// <summary>Findings about plugins that a host must not take.</summary>
public static class TrustRules
{
    public static readonly Rule NotListed = new(
        "SKEP5121",
        "a plugin, or a file of one, that nobody vouched for",
        "Look at where it comes from; then `skep plugin trust DIR` lists it.");

    public static readonly Rule Changed = new(
        "SKEP5122",
        "a plugin's file is not the one that was vouched for",
        "Get the file again from where it comes from; if the change is wanted, `skep plugin trust DIR` lists it anew.");

    public static readonly Rule Gone = new(
        "SKEP5123",
        "a file or plugin that is listed is not there",
        "Install the plugin again, or list what is there anew: `skep plugin trust DIR`, `skep plugin lock`.");

    public static readonly Rule OpenPlace = new(
        "SKEP5124",
        "a plugin lies where others can change it",
        "Take the right to write from others (`chmod -R o-w DIR`), or move the plugin to where only you and root can write.");

    public static readonly Rule BadLedger = new(
        "SKEP5125",
        "a list of plugins' hashes that cannot be used",
        "Write it anew: `skep plugin trust DIR`, `skep plugin lock`.");

    public static readonly Rule Unreadable = new(
        "SKEP5126",
        "a plugin's files cannot be read to be checked",
        "Check the permissions of the plugin's folder, and the space for temporary files.");
}
