using Skep.Findings;

namespace Skep.Hosting;

/// <summary>Findings about plugins on their way from a file to a runtime, and out again.</summary>
public static class PluginRules
{
    public static readonly Rule FolderMissing = new(
        "SKEP5101",
        "a plugin folder is missing",
        "Create the folder, or correct the path.");

    public static readonly Rule FileMissing = new(
        "SKEP5102",
        "a plugin's file is missing",
        "A plugin lies in a folder of its own name: plugins/NAME/NAME.dll.");

    public static readonly Rule Broken = new(
        "SKEP5103",
        "a plugin's file is not a usable .NET assembly",
        "Build or copy the plugin again.");

    public static readonly Rule WrongArchitecture = new(
        "SKEP5104",
        "a plugin was built for another processor",
        "Build the plugin for AnyCPU, or for the processor that the host runs on.");

    public static readonly Rule WrongContract = new(
        "SKEP5105",
        "a plugin was built against another version of Skep.Core",
        "Build the plugin against the host's version of Skep.Core, or get a version of it that was.");

    public static readonly Rule WrongFramework = new(
        "SKEP5106",
        "a plugin was built for a later .NET",
        "Run the host on that .NET, or build the plugin for the host's.");

    public static readonly Rule NoPlugin = new(
        "SKEP5107",
        "an assembly has no plugin in it",
        "Add a public class that implements IPlugin and has a public constructor without parameters, or remove the file.");

    public static readonly Rule MissingDependency = new(
        "SKEP5108",
        "an assembly that a plugin needs is missing",
        "Put the assembly beside the plugin: `dotnet publish` and EnableDynamicLoading lay it there.");

    public static readonly Rule PluginThrew = new(
        "SKEP5109",
        "a plugin failed while it introduced itself",
        "Report this to the plugin's author; the plugin was left out.");

    public static readonly Rule NeverReturned = new(
        "SKEP5110",
        "a plugin did not come back in time",
        "Report this to the plugin's author; the plugin was left out, and its thread runs until the process ends.");

    public static readonly Rule ProviderThrew = new(
        "SKEP5111",
        "a provider could not be made",
        "Report this to the plugin's author; the plugin was left out.");

    public static readonly Rule UnmetNeed = new(
        "SKEP5112",
        "a provider asks for what the host does not offer",
        "Register the service with the host, and share its assembly with plugins (SkepBuilder.Share).");

    public static readonly Rule PreferredAbsent = new(
        "SKEP5113",
        "the plugin that is preferred for a provider is not there",
        "Add the plugin, or take the preference back; until then nobody offers the provider.");

    public static readonly Rule InUse = new(
        "SKEP5114",
        "a plugin is in use",
        "Dispose the programs, maps and links that are named, then try again.");

    public static readonly Rule LeftBadly = new(
        "SKEP5115",
        "a plugin failed while it was disposed",
        "Report this to the plugin's author; its memory may stay until the process ends.");
}
