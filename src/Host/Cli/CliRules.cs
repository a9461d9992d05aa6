using Skep.Findings;

namespace Skep.Cli;

/// <summary>Findings of the command line itself, and of runs that it drives.</summary>
internal static class CliRules
{
    public static readonly Rule Trapped = new(
        "SKEP7001",
        "a run that ended in a trap",
        "");

    public static readonly Rule HelperFaulted = new(
        "SKEP7002",
        "helper calls that threw",
        "Report this to the author of the plugin that offers the helper.");

    public static readonly Rule NotAttachable = new(
        "SKEP8001",
        "a program whose section names nothing to attach to",
        "Say what to attach to with --attach POINT:TARGET.");

    public static readonly Rule NoTarget = new(
        "SKEP8002",
        "a section that names an attach point but no target",
        "Say what to attach to with --attach POINT:TARGET.");

    public static readonly Rule SeveralPrograms = new(
        "SKEP8003",
        "several programs where one is needed",
        "Name one: FILE:NAME.");

    public static readonly Rule BadHexadecimal = new(
        "SKEP8005",
        "text that is not hexadecimal bytes",
        "Write two hexadecimal digits a byte; white space between bytes is ignored.");

    public static readonly Rule BadProgramText = new(
        "SKEP8006",
        "a program that is not whole instructions",
        "Give 8 bytes an instruction, as in memory on a little-endian machine.");

    public static readonly Rule UnknownPlugin = new(
        "SKEP8007",
        "no such plugin",
        "`skep plugin list` shows the plugins that are loaded.");

    public static readonly Rule FileAccess = new(
        "SKEP8008",
        "a file that cannot be read or written",
        "Check the path and its permissions.");

    public static readonly Rule NoPrograms = new(
        "SKEP8009",
        "an object without programs",
        "Put a function into a section such as SEC(\"timer/1s\").");

    public static readonly Rule NoPlugins = new(
        "SKEP8010",
        "plugins that cannot be loaded",
        "Name the folder that holds the plugins with --plugins DIR or SKEP_PLUGINS; `plugins` beside the command is the default.");

    public static readonly Rule Interrupted = new(
        "SKEP8011",
        "verification that was interrupted",
        "Run it again; --time-limit and --max-visited bound how long it takes.");

    public static readonly Rule NoListing = new(
        "SKEP8012",
        "code that cannot be shown",
        "Choose a back end that makes machine code, with --jit; `skep feature` lists them.");

    public static readonly Rule EnginesDiffer = new(
        "SKEP8013",
        "engines that do not agree",
        "Report this with the object and the input: an engine is wrong, or the program depends on time or chance, and then there is nothing to compare.");
}
