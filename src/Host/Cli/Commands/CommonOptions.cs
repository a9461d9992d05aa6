using System.CommandLine;
using Skep.Cli.Output;

namespace Skep.Cli.Commands;

/// <summary>Options of every verb.</summary>
internal sealed class CommonOptions
{
    private readonly Option<bool> _json = new("--json", "-j") { Description = "Report as JSON.", Recursive = true };
    private readonly Option<bool> _pretty = new("--pretty", "-p") { Description = "Report as indented JSON.", Recursive = true };
    private readonly Option<string?> _plugins = new("--plugins")
    {
        Description = "The folder that plugins are loaded from; else SKEP_PLUGINS, else `plugins` beside the command.",
        HelpName = "DIR",
        Recursive = true,
    };

    public void AddTo(Command root)
    {
        root.Options.Add(_json);
        root.Options.Add(_pretty);
        root.Options.Add(_plugins);
    }

    public string? PluginFolder(ParseResult result) => result.GetValue(_plugins);

    public Terminal OpenTerminal(ParseResult result)
    {
        OutputFormat format = result.GetValue(_pretty) ? OutputFormat.PrettyJson : result.GetValue(_json) ? OutputFormat.Json : OutputFormat.Text;
        return new Terminal(format, StandardOutput.Open(), Console.Error);
    }
}
