using System.CommandLine;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Findings;
using Skep.Hosting;
using Skep.Hosting.Trust;

namespace Skep.Cli.Commands;

/// <summary><c>skep plugin trust</c> and <c>skep plugin lock</c>: the lists of hashes that hosts can ask for.</summary>
internal static class PluginTrustCommand
{
    public static Verb CreateTrust(CommonOptions common)
    {
        var path = new Argument<string>("PATH") { Description = "A plugin's folder or assembly, or a folder of plugin folders." };
        Option<string?> list = ListOption(PluginLedger.TrustFileName);
        var verb = new Verb(
            "trust",
            "Lists the SHA-256 of every file of a plugin, as one that was looked at.",
            "What the list has of other plugins stays. Hosts take only what is listed where they ask for it (SkepBuilder.RequireTrust).",
            "skep plugin trust plugins/Acme.Geo\tadds the plugin to plugins.trust.json in the plugin folder")
        {
            path, list,
        };
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            string file = result.GetValue(list) ?? Path.Combine(PluginPlace.Find(common.PluginFolder(result)), PluginLedger.TrustFileName);
            return Trust(terminal, result.GetRequiredValue(path), file);
        });
        return verb;
    }

    public static Verb CreateLock(CommonOptions common)
    {
        Option<string?> list = ListOption(PluginLedger.LockFileName);
        var verb = new Verb(
            "lock",
            "Loads the plugins and lists what was loaded, with the SHA-256 of every file.",
            "Hosts take exactly these plugins where they ask for it (SkepBuilder.RequireLock).",
            "skep plugin lock --list plugins.lock.json\twrites the list here")
        {
            list,
        };
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            string folder = PluginPlace.Find(common.PluginFolder(result));
            string file = result.GetValue(list) ?? Path.Combine(folder, PluginLedger.LockFileName);
            using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(folder).RecordFiles());
            return host.Findings.FirstOrDefault(finding => finding.IsError) is { } error
                ? terminal.Fail(error)
                : Write(terminal, file, host.WriteLock, host.Plugins.Select(plugin => (plugin.Info.Name, plugin.Origin ?? "")));
        });
        return verb;
    }

    private static Option<string?> ListOption(string name) => new("--list") { Description = $"The list; else {name} in the plugin folder.", HelpName = "FILE" };

    private static int Trust(Terminal terminal, string path, string file)
    {
        string[] assemblies = [.. PluginFiles.FindAssemblies(path)];
        if (assemblies.Length == 0)
        {
            return terminal.Fail(PluginRules.FileMissing.Error(new Place { File = path }, "there is no plugin"));
        }

        PluginLedger ledger = PluginLedger.Empty;
        if (File.Exists(file))
        {
            Result<PluginLedger> read = PluginLedger.Read(file);
            if (!read.IsSuccess)
            {
                return terminal.Fail(read.Findings[0]);
            }

            ledger = read.Value;
        }

        try
        {
            foreach (string assembly in assemblies)
            {
                // What everybody can write to is another thing a moment later.
                if (PlaceCheck.FindObstacle(assembly, owners: true) is { } obstacle)
                {
                    return terminal.Fail(obstacle);
                }

                ledger = new PluginLedger(ledger.Plugins.SetItem(Path.GetFileNameWithoutExtension(assembly), PluginFiles.Hash(assembly)));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(CliRules.FileAccess.Error(new Place { File = path }, exception.Message));
        }

        return Write(terminal, file, ledger.Write, assemblies.Select(assembly => (Path.GetFileNameWithoutExtension(assembly), assembly)));
    }

    private static int Write(Terminal terminal, string file, Action<string> write, IEnumerable<(string Name, string Origin)> plugins)
    {
        try
        {
            write(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(CliRules.FileAccess.Error(new Place { File = file }, exception.Message));
        }

        terminal.Show(Report.Of(new ReportTable(
            "",
            "",
            [new("name", "name"), new("origin", "from"), new("list", "listed in")],
            [.. plugins.Select(plugin => System.Collections.Immutable.ImmutableArray.Create(Cell.Of(plugin.Name), Cell.Of(plugin.Origin), Cell.Of(file)))])));
        return ExitCode.Success;
    }
}
