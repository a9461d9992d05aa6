using System.Collections.Immutable;
using System.Globalization;
using Skep.Cli.Output;

namespace Skep.Cli.Benching;

/// <summary>What a bench measured, the fastest first, drawn as bars: twice as long is twice as slow.</summary>
internal static class BenchReport
{
    private const int BarWidth = 40;
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <param name="engines">Each with at least one round.</param>
    public static Report Create(IReadOnlyList<BenchEngine> engines, int inputBytes, TimeSpan taken, bool isInterrupted, ImmutableArray<string> notCompared)
    {
        BenchEngine[] sorted = [.. engines.OrderBy(engine => engine.Median)];
        string program = sorted[0].Program.Name;
        string type = sorted[0].Program.ProgramType.Descriptor.Name;
        int rounds = sorted.Min(engine => engine.Rounds);
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{program} ({type}), {inputBytes} bytes of data: the middle of {rounds} {(rounds == 1 ? "round" : "rounds")} in {taken.TotalSeconds:0.0} s{(isInterrupted ? ", interrupted" : "")}");
        return Report.Of(
            new ReportFields("", "",
            [
                new("program", null, Cell.Of(program)),
                new("type", null, Cell.Of(type)),
                new("input_bytes", null, Cell.Of(inputBytes)),
                new("rounds", null, Cell.Of(rounds)),
                new("duration_ms", null, Cell.Of((long)taken.TotalMilliseconds)),
                new("interrupted", null, Cell.Of(isInterrupted)),
                new("not_compared", null, Cell.Of(notCompared)),
            ]),
            new ReportTable(
                "engines",
                head,
                [
                    new("engine", "engine"), new("ns_per_run", "a run"), new("ratio", "to best"), new("", ""), new("compile_ns", "compiling"), new("first_run_ns", "first run"), new("code_bytes", "code"),
                    new("least_ns", null), new("most_ns", null), new("rounds", null),
                ],
                [.. sorted.Select(engine => ToRow(engine, sorted[0].Median, sorted[^1].Median))])
            {
                Footer = notCompared.IsEmpty
                    ? "All gave the same result and left the same data and maps."
                    : $"Not compared, since it changes from run to run: {string.Join(", ", notCompared)}.",
            });
    }

    private static ImmutableArray<Cell> ToRow(BenchEngine engine, double best, double worst) =>
    [
        Cell.Of(engine.Name),
        Cell.Of(Math.Round(engine.Median, 2), Duration(engine.Median)),
        Cell.Of(Math.Round(engine.Median / best, 3), string.Create(CultureInfo.InvariantCulture, $"{engine.Median / best:0.00}×")),
        Cell.Drawing(Bar(engine.Median / worst)),
        engine.CompileTime is { } time ? Cell.Of(Math.Round(time.TotalNanoseconds), Duration(time.TotalNanoseconds)) : Cell.NoNumber,
        Cell.Of(Math.Round(engine.FirstRun.TotalNanoseconds), Duration(engine.FirstRun.TotalNanoseconds)),
        engine.CodeBytes is { } bytes ? Cell.Of((long)bytes, " B") : Cell.NoNumber,
        Cell.Of(Math.Round(engine.Least, 2), ""),
        Cell.Of(Math.Round(engine.Most, 2), ""),
        Cell.Of(engine.Rounds),
    ];

    private static string Bar(double part)
    {
        int eighths = Math.Max(1, (int)Math.Round(part * BarWidth * 8));
        string rest = eighths % 8 == 0 ? "" : Eighths[eighths % 8].ToString();
        return new string('█', eighths / 8) + rest;
    }

    private static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0.0} ns"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0} ns"),
        < 100_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} µs"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0} ms"),
    };
}
