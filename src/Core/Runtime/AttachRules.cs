using Skep.Findings;

namespace Skep.Runtime;

/// <summary>Findings about attaching that any attach point may have.</summary>
public static class AttachRules
{
    public static readonly Rule UnknownAttachPoint = new(
        "SKEP6001",
        "no such attach point",
        "`skep plugin list` shows the attach points that are here; add the plugin that offers it.");

    public static readonly Rule WrongProgramType = new(
        "SKEP6002",
        "an attach point that does not drive this type of program",
        "Load the program as one of the types that the attach point drives.");

    public static readonly Rule BadTarget = new(
        "SKEP6003",
        "a target that the attach point cannot read",
        "Write the target as the attach point's syntax says; `skep attach list` shows what there is.");

    public static readonly Rule NoSuchTarget = new(
        "SKEP6004",
        "a target that is not there",
        "`skep attach list` shows the targets of this machine.");

    public static readonly Rule NotPermitted = new(
        "SKEP6005",
        "a permission that is missing",
        "Run as root, or with the capability that the message names.");

    public static readonly Rule NotAvailable = new(
        "SKEP6006",
        "something that this machine lacks",
        "`skep feature` shows what works here and why the rest does not.");

    public static readonly Rule Failed = new(
        "SKEP6007",
        "attaching failed",
        "Report this to the plugin's author.");

    public static readonly Rule OtherVersion = new(
        "SKEP6008",
        "a program of another version of the attach point's plugin",
        "Load the program once more: it then has the version that is there now.");
}
