using Skep.Findings;

namespace Skep.Cli.Output;

/// <summary>Findings for people, in colour on a terminal.</summary>
internal static class FindingPrinter
{
    private const string Red = "\u001b[31m";
    private const string Yellow = "\u001b[33m";
    private const string Reset = "\u001b[0m";

    public static void Print(TextWriter writer, Finding finding)
    {
        string text = finding.ToString();
        if (UseColour)
        {
            string word = finding.IsError ? "error " : "warning ";
            int at = text.IndexOf(word + finding.Rule.Id, StringComparison.Ordinal);
            text = at < 0 ? text : $"{text[..at]}{(finding.IsError ? Red : Yellow)}{word}{finding.Rule.Id}{Reset}{text[(at + word.Length + finding.Rule.Id.Length)..]}";
        }

        writer.WriteLine(text);
    }

    /// <summary>https://no-color.org: a variable that is set and not empty turns colour off.</summary>
    private static bool UseColour
        => !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not "dumb";
}
