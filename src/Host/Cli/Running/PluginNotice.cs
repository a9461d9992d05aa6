using Skep.Cli.Output;
using Skep.Findings;
using Skep.Hosting;

namespace Skep.Cli.Running;

/// <summary>Says on standard error what became of a plugin while programs run; its problems stop nobody.</summary>
internal static class PluginNotice
{
    /// <summary>From any thread: a notice is one write.</summary>
    public static void Show(Terminal terminal, PluginChange change)
    {
        terminal.Error.WriteLine($"plugins: {change}");
        terminal.Warn(change.Findings.Select(finding => finding with { Severity = Severity.Warning }));
    }
}
