using System.Collections.Immutable;

namespace Skep.Cli.Output;

/// <summary>
/// What a verb reports, said once and rendered as text or as JSON. In JSON, a report whose only part has no key is that part's value;
/// otherwise it is an object of its parts, into which fields without a key are merged.
/// </summary>
internal sealed record Report(ImmutableArray<ReportPart> Parts)
{
    public static Report Of(params ReadOnlySpan<ReportPart> parts) => new([.. parts]);
}

/// <param name="Key">The JSON member's name; empty for the only, or merged, part.</param>
/// <param name="Title">Above the part in text; empty for none.</param>
internal abstract record ReportPart(string Key, string Title);

/// <summary>Named values: <c>name: value</c> lines, a JSON object.</summary>
internal sealed record ReportFields(string Key, string Title, ImmutableArray<ReportField> Fields) : ReportPart(Key, Title);

/// <param name="Label">In text; null leaves the field to JSON.</param>
internal sealed record ReportField(string Key, string? Label, Cell Value);

/// <summary>Rows of equal shape: a table, a JSON array of objects.</summary>
internal sealed record ReportTable(string Key, string Title, ImmutableArray<ReportColumn> Columns, ImmutableArray<ImmutableArray<Cell>> Rows)
    : ReportPart(Key, Title)
{
    /// <summary>A line below the table in text, such as what was left out.</summary>
    public string Footer { get; init; } = "";

    /// <summary>What stands for an empty table in text; empty for nothing.</summary>
    public string WhenEmpty { get; init; } = "nothing";
}

/// <param name="Key">In JSON; empty leaves the column to text.</param>
/// <param name="Heading">In text; null leaves the column to JSON.</param>
internal sealed record ReportColumn(string Key, string? Heading);

/// <summary>Reports one after the other; a JSON array.</summary>
internal sealed record ReportList(string Key, ImmutableArray<Report> Items) : ReportPart(Key, "");

/// <summary>A report inside another; JSON only.</summary>
/// <param name="Content">Null is JSON's null.</param>
internal sealed record ReportObject(string Key, Report? Content) : ReportPart(Key, "");
