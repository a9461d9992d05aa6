using Skep.Findings;

namespace Skep.Runtime;

/// <summary>Findings about choosing what runs a program.</summary>
public static class EngineRules
{
    public static readonly Rule Unknown = new(
        "SKEP7101",
        "an engine that is not there",
        "Choose `auto`, `interpreter` or a back end that a plugin offers; `skep feature` lists them.");

    public static readonly Rule Unavailable = new(
        "SKEP7102",
        "a back end that cannot work here",
        "Leave the choice to `auto`, or run on a machine that has what the back end needs.");

    public static readonly Rule CannotCompile = new(
        "SKEP7103",
        "a program that a back end cannot compile",
        "It runs all the same, on the next engine; choose that one to be rid of the warning.");

    public static readonly Rule NotProved = new(
        "SKEP7104",
        "a program that only the checked interpreter may run",
        "Back ends take programs that are proved wholly: see the verifier's warnings for what was not, or choose `interpreter`.");
}
