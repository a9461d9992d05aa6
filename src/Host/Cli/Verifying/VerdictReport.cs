using Skep.Cli.Output;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Cli.Verifying;

/// <summary>Every verdict, for tools; what could not be tried is an item with nothing but its findings.</summary>
internal static class VerdictReport
{
    public static Report Create(IReadOnlyList<ProgramVerdict> verdicts, IReadOnlyList<Finding> failures)
    {
        IEnumerable<Report> failed = failures.Count == 0
            ? []
            : [Report.Of(new ReportFields("", "", [new("verdict", null, Cell.Of("failed"))]), FindingReport.Create(failures))];
        return Report.Of(new ReportList("", [.. verdicts.Select(Create), .. failed]));
    }

    private static Report Create(ProgramVerdict verdict)
    {
        var parts = new List<ReportPart>
        {
            new ReportFields("", "",
            [
                new("file", null, Cell.Of(verdict.Program.ObjectName)),
                new("program", null, Cell.Of(verdict.Program.Name)),
                new("section", null, Cell.Of(verdict.Program.Section)),
                new("type", null, Cell.Of(verdict.ProgramType)),
                new("verdict", null, Cell.Of(verdict.IsAccepted ? "accepted" : "refused")),
                new("instructions", null, Cell.Of(verdict.Instructions)),
            ]),
            Statistics(verdict.Statistics),
            new ReportObject("facts", verdict.Facts is { } facts ? new Report(FactReport.ForTools(verdict, facts)) : null),
            FindingReport.Create(verdict.Result.Findings),
        };
        if (verdict.Log is { } log)
        {
            parts.Add(new ReportFields("", "", [new("log", null, Cell.Of(log))]));
        }

        return new Report([.. parts]);
    }

    private static ReportFields Statistics(VerificationStatistics statistics) => new("statistics", "",
    [
        new("visited", null, Cell.Of(statistics.VisitedInstructions)),
        new("states", null, Cell.Of(statistics.TotalStates)),
        new("peak_states", null, Cell.Of(statistics.PeakStates)),
        new("most_states_at_one_insn", null, Cell.Of(statistics.MostStatesAtOneInstruction)),
        new("peak_bytes", null, Cell.Of(statistics.PeakBytes)),
        new("duration_ns", null, Cell.Of((long)statistics.Duration.TotalNanoseconds)),
    ]);
}
