using System.Collections.Immutable;
using System.CommandLine;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Cli.Commands;

/// <summary><c>skep attach</c>: what programs can be attached to.</summary>
internal static class AttachCommand
{
    public static Command Create(CommonOptions common) => new Verb("attach", "Shows what programs can be attached to.")
    {
        CreateList(common),
    };

    private static Verb CreateList(CommonOptions common)
    {
        var pattern = new Argument<string?>("PATTERN")
        {
            Description = "Only names (TARGET or POINT:TARGET) with this in them, or that match it where it holds * or ?.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verb = new Verb(
            "list",
            "Lists the targets that each attach point offers on this machine. What cannot be listed is warned about.",
            "",
            "skep attach list openat\teverything with openat in its name",
            "skep attach list 'tracepoint:sched/*'\tthe scheduler's tracepoints")
        {
            pattern,
        };
        verb.SetAction(result =>
        {
            using Terminal terminal = common.OpenTerminal(result);
            using CliHost host = CliHost.Create(terminal, common.PluginFolder(result));
            terminal.Show(Describe(host.Registry, new NamePattern(result.GetValue(pattern)), terminal));
            return ExitCode.Success;
        });
        return verb;
    }

    private static Report Describe(Registry registry, NamePattern pattern, Terminal terminal)
    {
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<Cell>>();
        foreach (Provided<IAttachPoint> point in registry.AttachPoints)
        {
            AttachPointDescriptor descriptor = point.Provider.Descriptor;
            Result<IReadOnlyList<AttachTarget>> targets = point.Provider.ListTargets();
            terminal.Warn(targets.Findings.Select(finding => finding with { Severity = Severity.Warning }));
            foreach (AttachTarget target in targets.Value ?? [])
            {
                string name = $"{descriptor.Name}:{target.Name}";
                if (pattern.Matches(name) || pattern.Matches(target.Name))
                {
                    rows.Add([Cell.Of(name), Cell.Of(descriptor.Name), Cell.Of(target.Name), Cell.Of(target.Description)]);
                }
            }
        }

        return Report.Of(new ReportTable(
            "",
            "",
            [new("name", ""), new("attach_point", null), new("target", null), new("description", "")],
            rows.ToImmutable())
        {
            WhenEmpty = "no such target",
        });
    }
}
