using System.CommandLine;
using Skep.Cli.Features;
using Skep.Cli.Hosts;
using Skep.Cli.Output;

namespace Skep.Cli.Commands;

/// <summary><c>skep feature</c>: what works here.</summary>
internal static class FeatureCommand
{
    public static Command Create(CommonOptions common)
    {
        var verb = new Verb(
            "feature",
            "Shows what works on this machine and what does not, each with its reason and the way out.",
            "",
            "skep feature --json | jq '.[] | select(.works | not)'\tonly what does not work");
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            using CliHost host = CliHost.Create(terminal, common.PluginFolder(result));
            terminal.Show(Report.Of(new ReportTable(
                "",
                "",
                [new("feature", "feature"), new("works", "works"), new("detail", "detail"), new("remedy", "way out")],
                [.. FeatureProbe.All(host.Registry).Select(feature => feature.ToRow())])));
            return ExitCode.Success;
        });
        return verb;
    }
}
