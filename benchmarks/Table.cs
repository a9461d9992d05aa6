namespace Skep.Benchmarks;

/// <summary>A table in Markdown, so that it can go into the README as it is.</summary>
internal static class Table
{
    public static void Write(TextWriter output, string[] header, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. header.Select((title, column) => Math.Max(title.Length, rows.Max(row => row[column].Length)))];
        output.WriteLine(Line(header, widths));
        output.WriteLine(Line([.. widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":")], widths));
        foreach (string[] row in rows)
        {
            output.WriteLine(Line(row, widths));
        }
    }

    private static string Line(string[] cells, int[] widths)
        => "| " + string.Join(" | ", cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |";
}
