using System.Globalization;

namespace Skep.Benchmarks.Engines;

/// <summary>The table of the engines and what it comes to.</summary>
internal sealed class EngineTable(EngineRow[] rows, string[] engines, bool hasKernel)
{
    private const string Missing = "-";

    public void Write(TextWriter output)
    {
        if (rows.Length == 0)
        {
            return;
        }

        string best = engines.MinBy(engine => Mean(row => row.Times[engine].Median))!;
        string[] others = hasKernel ? [EngineRow.Kernel, EngineRow.Native] : [EngineRow.Native];
        Table.Write(
            output,
            ["program", .. engines, .. others, .. others.Select(other => $"{best}/{other}"), "fastest"],
            [.. rows.Select(row => Cells(row, best, others))]);
        output.WriteLine();
        WriteMeans(output, best, others);
    }

    private static string[] Fixed(IEnumerable<double> values, string format) => [.. values.Select(value => value.ToString(format, CultureInfo.InvariantCulture))];

    private string[] Cells(EngineRow row, string best, string[] others) =>
    [
        row.Program,
        .. Fixed(engines.Concat(others).Select(engine => row.Times[engine].Median), "F0"),
        .. Fixed(others.Select(other => row.Times[best].Median / row.Times[other].Median), "F2"),
        Fastest(row),
    ];

    private string Fastest(EngineRow row) => engines.MinBy(engine => row.Times[engine].Median)!;

    private void WriteMeans(TextWriter output, string best, string[] others)
    {
        Table.Write(
            output,
            [$"geometric means of {rows.Length} programs", .. others.Select(other => "/" + other), .. others.Select(other => $"/{other}, best rounds"), .. others.Select(other => $"/{other}, worst program")],
            [
                .. engines.Select(engine => MeanCells(engine, others, row => engine)),
                MeanCells("fastest", others, Fastest),
            ]);
        output.WriteLine();
        output.WriteLine($"best is {best}");
        string kernel(string engine) => hasKernel && engines.Contains(engine) ? Text(Ratio(EngineRow.Kernel, _ => engine)) : Missing;
        output.WriteLine($"geomean best/kernel {kernel(best)} best/native {Text(Ratio(EngineRow.Native, _ => best))} x64/kernel {kernel("x64")}");
    }

    private string[] MeanCells(string name, string[] others, Func<EngineRow, string> engine) =>
    [
        name,
        .. others.Select(other => Text(Ratio(other, engine))),
        .. others.Select(other => Text(Mean(row => row.Times[engine(row)].Best / row.Times[other].Best))),
        .. others.Select(other => Worst(other, engine)),
    ];

    private string Worst(string other, Func<EngineRow, string> engine)
    {
        EngineRow worst = rows.MaxBy(row => row.Times[engine(row)].Median / row.Times[other].Median)!;
        return $"{Text(worst.Times[engine(worst)].Median / worst.Times[other].Median)} {worst.Program}";
    }

    private double Ratio(string other, Func<EngineRow, string> engine) => Mean(row => row.Times[engine(row)].Median / row.Times[other].Median);

    private double Mean(Func<EngineRow, double> value) => Math.Exp(rows.Average(row => Math.Log(value(row))));

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
