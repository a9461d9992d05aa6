using System.Collections.Immutable;
using System.Globalization;
using Skep.Cli.Output;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Cli.Running;

/// <summary>What a run says at its end: each map's contents, what each program did, what each link delivered.</summary>
internal static class RunSummary
{
    public static Report Create(LoadedObject loaded, IReadOnlyList<Link> links, EventStream stream, int mostEntries)
    {
        ImmutableArray<Report> maps = [.. loaded.Maps.Select(map => MapReport.Create(map, mostEntries)).OfType<Report>()];
        return Report.Of(
            new ReportFields("", "", [new("type", null, Cell.Of("summary"))]),
            new ReportList("maps", maps),
            Programs(loaded.Programs),
            Links(links),
            new ReportFields("", "", [new("lines_dropped", stream.Dropped == 0 ? null : "lines dropped because the output was slow", Cell.Of(stream.Dropped))]));
    }

    /// <summary>What went wrong while it ran; the run itself went on.</summary>
    public static IEnumerable<Finding> Problems(LoadedObject loaded, IReadOnlyList<Link> links)
    {
        foreach (LoadedProgram program in loaded.Programs)
        {
            if (program.Statistics.LastTrap is { Happened: true } trap)
            {
                Finding finding = TrapFinding.Create(program, trap);
                yield return finding with { Message = $"{program.Statistics.Traps} traps, the last: {finding.Message}", Severity = Severity.Warning };
            }

            if (program.Statistics.LastHelperFault is { } fault)
            {
                var place = new Place { File = loaded.Spec.Name, Object = program.Name };
                yield return CliRules.HelperFaulted.Warning(place, $"{program.Statistics.HelperFaults} helper calls failed, the last: {fault}");
            }
        }

        foreach (Link link in links)
        {
            if (link.Problem is { } problem)
            {
                yield return problem;
            }
        }
    }

    private static ReportTable Programs(ImmutableArray<LoadedProgram> programs) => new(
        "programs",
        "programs",
        [
            new("name", "name"), new("id", null), new("type", "type"), new("tag", null), new("engine", "engine"), new("runs", "runs"),
            new("average_ns", "average"), new("errors", "errors"), new("traps", null), new("helper_faults", null), new("last_trap", null),
        ],
        [.. programs.Select(ToRow)]);

    private static ImmutableArray<Cell> ToRow(LoadedProgram program)
    {
        ProgramStatistics statistics = program.Statistics;
        long average = statistics.Runs == 0 ? 0 : statistics.TotalNanoseconds / statistics.Runs;
        Trap trap = statistics.LastTrap;
        return
        [
            Cell.Of(program.Name),
            Cell.Of(program.Id.Value),
            Cell.Of(program.ProgramType.Descriptor.Name),
            Cell.Of(program.Tag),
            Cell.Of(program.Engine),
            Cell.Of(statistics.Runs),
            Cell.Of(average, " ns"),
            Cell.Of(statistics.Traps + statistics.HelperFaults),
            Cell.Of(statistics.Traps),
            Cell.Of(statistics.HelperFaults),
            trap.Happened ? Cell.Of(string.Create(CultureInfo.InvariantCulture, $"{TrapFinding.Name(trap.Kind)} at insn {trap.Slot.Value}")) : Cell.None,
        ];
    }

    private static ReportTable Links(IReadOnlyList<Link> links) => new(
        "links",
        "links",
        [new("attach_point", "point"), new("target", "target"), new("program", "program"), new("events", "events"), new("lost", "lost")],
        [
            .. links.Select(link => ImmutableArray.Create(
                Cell.Of(link.AttachPoint), Cell.Of(link.Target), Cell.Of(link.Program.Name), Cell.Of(link.Events), Cell.Of(link.Lost))),
        ]);
}
