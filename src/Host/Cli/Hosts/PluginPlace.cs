namespace Skep.Cli.Hosts;

/// <summary>Where plugins are looked for.</summary>
internal static class PluginPlace
{
    public const string Variable = "SKEP_PLUGINS";

    /// <summary>The folder that was named, by option before variable; otherwise the one beside the command.</summary>
    public static string Find(string? option)
        => option ?? FindNamed() ?? Path.Combine(AppContext.BaseDirectory, "plugins");

    /// <summary>The folder that the variable names; null when it names none.</summary>
    private static string? FindNamed() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;
}
