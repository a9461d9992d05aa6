using Skep.Findings;

namespace Skep.Cli.Output;

/// <summary>Findings for people, in colour on a terminal: what the verifier found as <see cref="ExplainedFinding"/> shows it, the rest in a line or two.</summary>
internal static class FindingPrinter
{
    public static void Print(TextWriter writer, Finding finding, Paint paint)
    {
        if (ExplainedFinding.DocumentOf(finding.Rule) is not null)
        {
            ExplainedFinding.Write(writer, finding, paint);
            return;
        }

        string text = finding.ToString();
        string word = $"{(finding.IsError ? "error" : "warning")} {finding.Rule.Id}";
        int at = text.IndexOf(word, StringComparison.Ordinal);
        writer.WriteLine(at < 0 ? text : $"{text[..at]}{paint.OfFinding(finding.IsError)}{word}{paint.Reset}{text[(at + word.Length)..]}");
    }
}
