using Spectre.Console;

namespace Skep.Cli.Output;

/// <summary>Writes reports for people.</summary>
internal static class ReportText
{
    public static void Write(IAnsiConsole console, Report report)
    {
        foreach (ReportPart part in report.Parts)
        {
            WritePart(console, part);
        }
    }

    private static void WritePart(IAnsiConsole console, ReportPart part)
    {
        if (part.Title.Length > 0)
        {
            console.Write(new Text(part.Title + "\n", new Style(decoration: Decoration.Bold)));
        }

        switch (part)
        {
            case ReportFields fields:
                WriteFields(console, fields);
                break;
            case ReportTable table:
                WriteTable(console, table);
                break;
            case ReportList list:
                foreach (Report item in list.Items)
                {
                    Write(console, item);
                }

                break;
        }
    }

    private static void WriteFields(IAnsiConsole console, ReportFields fields)
    {
        string indent = Indent(fields);
        foreach (ReportField field in fields.Fields.Where(field => field.Label is not null))
        {
            string label = field.Label!.Length > 0 ? field.Label + ": " : "";
            console.Write(new Text($"{indent}{label}{field.Value.Text}\n"));
        }
    }

    private static void WriteTable(IAnsiConsole console, ReportTable table)
    {
        if (table.Rows.IsEmpty)
        {
            if (table.WhenEmpty.Length > 0)
            {
                console.Write(new Text($"{Indent(table)}({table.WhenEmpty})\n"));
            }

            return;
        }

        int[] shown = [.. Enumerable.Range(0, table.Columns.Length).Where(index => table.Columns[index].Heading is not null)];
        Table grid = new Table { Border = TableBorder.None, ShowHeaders = shown.Any(index => table.Columns[index].Heading!.Length > 0) };
        foreach (int index in shown)
        {
            grid.AddColumn(ToColumn(table, index, isFirst: index == shown[0]));
        }

        foreach (var row in table.Rows)
        {
            grid.AddRow(shown.Select(index => new Text(row[index].Text)));
        }

        console.Write(new Padder(grid, new Padding(Indent(table).Length, 0, 0, 0)));
        if (table.Footer.Length > 0)
        {
            console.Write(new Text($"{Indent(table)}{table.Footer}\n"));
        }
    }

    private static TableColumn ToColumn(ReportTable table, int index, bool isFirst)
    {
        bool isNumber = table.Rows.All(row => row[index].IsNumber);
        return new TableColumn(new Text(table.Columns[index].Heading!, new Style(decoration: Decoration.Dim)))
        {
            Alignment = isNumber ? Justify.Right : Justify.Left,
            NoWrap = isFirst || isNumber,
            Padding = new Padding(0, 0, 2, 0),
        };
    }

    private static string Indent(ReportPart part) => part.Title.Length > 0 ? "  " : "";
}
