using System.Globalization;
using Skep.Cli.Output;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Cli.Verifying;

/// <summary>A verdict for people: a line, what was found, and what was proved.</summary>
internal static class VerdictText
{
    public static void Write(Terminal terminal, ProgramVerdict verdict, bool withStatistics)
    {
        Paint paint = Paint.OfOutput;
        TextWriter output = terminal.Output;
        output.Write(Headline(verdict, paint) + "\n");
        foreach (Finding finding in verdict.Result.Findings.OrderByDescending(finding => finding.IsError))
        {
            output.Write("\n");
            FindingPrinter.Print(output, finding, paint);
        }

        if (withStatistics)
        {
            terminal.Show(FactReport.ForPeople(verdict));
        }

        if (withStatistics || !verdict.Result.Findings.IsEmpty)
        {
            output.Write("\n");
        }
    }

    private static string Headline(ProgramVerdict verdict, Paint paint)
    {
        string word = verdict.IsAccepted ? $"{paint.Green}accepted{paint.Reset}" : $"{paint.Red}refused{paint.Reset} ";
        VerificationStatistics statistics = verdict.Statistics;
        string took = statistics == VerificationStatistics.None
            ? ", not walked"
            : string.Create(CultureInfo.InvariantCulture, $", {statistics.VisitedInstructions} visited, {Counted(statistics.TotalStates, "state")}, {statistics.Duration.TotalMilliseconds:0.0} ms");
        string how = verdict.IsUnproved ? "; runs in the checked interpreter" : verdict.Facts is { FuelSlots.IsEmpty: false } ? "; fuel bounds its loops" : "";
        return $"{word}  {paint.Bold}{verdict.Program.Name}{paint.Reset} ({verdict.ProgramType ?? "no program type"}): {Counted(verdict.Instructions, "instruction")}{took}{how}";
    }

    private static string Counted(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
