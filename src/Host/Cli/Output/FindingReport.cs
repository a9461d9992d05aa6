using System.Collections.Immutable;
using Skep.Findings;

namespace Skep.Cli.Output;

/// <summary>Findings as a part of a report, for tools.</summary>
internal static class FindingReport
{
    private static readonly ImmutableArray<ReportColumn> Columns =
    [
        new("id", "id"), new("severity", "severity"), new("place", "place"), new("message", "message"), new("instruction", null),
        new("source", null), new("remedy", "remedy"),
    ];

    public static ReportTable Create(IEnumerable<Finding> findings) => new("findings", "", Columns, [.. findings.Select(ToRow)]);

    private static ImmutableArray<Cell> ToRow(Finding finding) =>
    [
        Cell.Of(finding.Rule.Id),
        Cell.Of(finding.IsError ? "error" : "warning"),
        Cell.Of(finding.Place.ToString()),
        Cell.Of(finding.Message),
        Cell.Of(finding.Place.Instruction),
        Cell.Of(finding.Place.Source?.Text.Trim()),
        Cell.Of(finding.Remedy),
    ];
}
