using System.Collections.Immutable;
using System.Text.Json;
using Skep.Findings;

namespace Skep.Cli.Output;

/// <summary>Findings as a part of a report, for tools.</summary>
internal static class FindingReport
{
    private static readonly ImmutableArray<ReportColumn> Columns =
    [
        new("id", "id"), new("severity", "severity"), new("place", "place"), new("message", "message"), new("instruction", null),
        new("source", null), new("remedy", "remedy"), new("title", null), new("program", null), new("insn", null), new("source_file", null),
        new("source_line", null), new("source_column", null), new("explanation", null), new("page", null),
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
        Cell.Of(finding.Rule.Title),
        Cell.Of(finding.Place.Object),
        finding.Place.Slot is { } slot ? Cell.Of(slot.Value) : Cell.None,
        Cell.Of(finding.Place.Source?.File),
        finding.Place.Source is { } line ? Cell.Of(line.Line) : Cell.None,
        finding.Place.Source is { } column ? Cell.Of(column.Column) : Cell.None,
        finding.Explanation is { } explanation ? new Cell("", json => Write(json, explanation)) : Cell.None,
        ExplainedFinding.DocumentOf(finding.Rule) is { } page ? Cell.Of(page) : Cell.None,
    ];

    private static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartObject();
        json.WriteStartObject("registers");
        foreach (RegisterNote register in explanation.Registers)
        {
            json.WriteString(register.Register, register.Value);
        }

        json.WriteEndObject();
        json.WriteNumber("path_left_out", explanation.PathLeftOut);
        json.WriteStartArray("path");
        foreach (PathStep step in explanation.Path)
        {
            Write(json, step);
        }

        json.WriteEndArray();
        json.WriteString("stricter_than_linux", explanation.StricterThanLinux);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PathStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("insn", step.Slot.Value);
        json.WriteString("instruction", step.Instruction);
        json.WriteBoolean("taken", step.IsTaken);
        json.WriteNumber("times", step.Times);
        if (step.Source is { } source)
        {
            json.WriteString("source_file", source.File);
            json.WriteNumber("source_line", source.Line);
            json.WriteString("source", source.Text.Trim());
        }

        json.WriteEndObject();
    }
}
