using System.Collections.Immutable;
using System.CommandLine;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Findings;
using Skep.Hosting;
using Skep.Hosting.Manifest;
using Skep.Runtime;

namespace Skep.Cli.Commands;

/// <summary><c>skep plugin</c>: what is loaded, from where, and what it adds.</summary>
internal static class PluginCommand
{
    public static Command Create(CommonOptions common) => new Verb("plugin", "Shows the plugins and what they add.")
    {
        CreateList(common),
        CreateShow(common),
        PluginTrustCommand.CreateTrust(common),
        PluginTrustCommand.CreateLock(common),
    };

    private static Verb CreateList(CommonOptions common)
    {
        var verb = new Verb(
            "list",
            "Lists the plugins that are loaded; plugins that cannot be loaded are warned about.",
            "",
            "skep plugin list\tone line a plugin",
            "skep plugin list --json | jq -r '.[].name'\tjust the names");
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            using CliHost host = CliHost.Create(terminal, common.PluginFolder(result));
            terminal.Show(Report.Of(new ReportTable(
                "",
                "",
                [new("name", "name"), new("version", "version"), new("state", "state"), new("description", null), new("origin", "from"), new("adds", "adds")],
                [.. host.Plugins.Select(ToRow)])
            {
                WhenEmpty = "no plugins",
            }));
            return ExitCode.Success;
        });
        return verb;
    }

    private static ImmutableArray<Cell> ToRow(PluginHandle plugin) =>
    [
        Cell.Of(plugin.Info.Name),
        Cell.Of(plugin.Info.Version.ToString()),
        Cell.Of(plugin.State.ToString()),
        Cell.Of(plugin.Info.Description),
        Cell.Of(plugin.Origin),
        Cell.Of([.. plugin.Manifest.Providers.Select(provider => new ProviderKey(provider.Kind, provider.Name).ToString())]),
    ];

    private static Verb CreateShow(CommonOptions common)
    {
        var name = new Argument<string>("NAME") { Description = "The plugin's name, as `skep plugin list` shows it." };
        var verb = new Verb(
            "show",
            "Shows one plugin: each thing that it adds, with sizes, sections, targets and helper prototypes.",
            "",
            "skep plugin show Skep.Helpers.Base\tthe helpers and their prototypes")
        {
            name,
        };
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            using CliHost host = CliHost.Create(terminal, common.PluginFolder(result));
            string wanted = result.GetRequiredValue(name);
            if (host.Plugins.FirstOrDefault(plugin => plugin.Info.Name == wanted) is not { } plugin)
            {
                string known = string.Join(", ", host.Plugins.Select(plugin => plugin.Info.Name));
                return terminal.Fail(CliRules.UnknownPlugin.Error(Place.Nowhere, $"no plugin {wanted} is loaded; there is {(known.Length == 0 ? "none" : known)}"));
            }

            terminal.Show(Describe(plugin));
            return ExitCode.Success;
        });
        return verb;
    }

    private static Report Describe(PluginHandle plugin)
    {
        PluginManifest manifest = plugin.Manifest;
        return Report.Of(
            new ReportFields("", "",
            [
                new("name", "name", Cell.Of(manifest.Name)),
                new("version", "version", Cell.Of(manifest.Version.ToString())),
                new("description", "description", Cell.Of(manifest.Description)),
                new("origin", "from", Cell.Of(manifest.Origin)),
                new("state", "state", Cell.Of(plugin.State.ToString())),
            ]),
            new ReportList("providers", [.. manifest.Providers.Select(Describe)]));
    }

    private static Report Describe(ProviderEntry provider)
    {
        string number = provider.Number is { } value ? $" (kernel number {value})" : "";
        var head = new ReportFields("", $"{new ProviderKey(provider.Kind, provider.Name)}{number}",
        [
            new("kind", null, Cell.Of(ProviderKey.KindName(provider.Kind))),
            new("name", null, Cell.Of(provider.Name)),
            new("number", null, provider.Number is { } known ? Cell.Of(known) : Cell.None),
            new("description", "", Cell.Of(provider.Description)),
        ]);
        var details = new ReportFields("details", "", [.. provider.Details.Select(detail => new ReportField(detail.Name, "  " + detail.Name, Cell.Of(detail.Value)))]);
        if (provider.Helpers.IsEmpty)
        {
            return Report.Of(head, details);
        }

        return Report.Of(head, details, new ReportTable(
            "helpers",
            "",
            [new("number", "  number"), new("prototype", "prototype"), new("description", null), new("name", null), new("gpl_only", null)],
            [.. provider.Helpers.Select(ToRow)]));
    }

    private static ImmutableArray<Cell> ToRow(HelperEntry helper) =>
    [
        helper.Number is { } number ? Cell.Of(number) : Cell.None,
        Cell.Of(helper.Prototype),
        Cell.Of(helper.Description),
        Cell.Of(helper.Name),
        Cell.Of(helper.IsGplOnly),
    ];
}
