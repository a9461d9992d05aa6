using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Cli.Output;

/// <summary>
/// What the verifier found, as people get it: the rule, the place, the instruction and the C line with what they are about marked, what was needed and what is
/// known, the way there, and the way out.
/// </summary>
internal static class ExplainedFinding
{
    /// <summary>Branches that are shown; the last ones, since they decide most.</summary>
    private const int ShownSteps = 12;
    private const int WidestInstruction = 44;
    private const string Indent = "  ";

    public static void Write(TextWriter writer, Finding finding, Paint paint)
    {
        writer.Write($"{paint.OfFinding(finding.IsError)}{(finding.IsError ? "error" : "warning")} {finding.Rule.Id}{paint.Reset}{paint.Bold}: {finding.Rule.Title}{paint.Reset}\n");
        WriteLine(writer, Printable(PlaceOf(finding.Place)));
        WriteInstruction(writer, finding, paint);
        WriteSource(writer, finding.Place.Source, paint);
        WriteLine(writer, Printable(finding.Message));
        if (finding.Explanation is { } explanation)
        {
            WriteRegisters(writer, explanation);
            WritePath(writer, explanation, paint);
            WriteLine(writer, explanation.StricterThanLinux is { } linux ? $"Linux would accept this: {linux}" : "");
        }

        WriteLine(writer, finding.Remedy.Length > 0 ? $"{paint.Green}help:{paint.Reset} {finding.Remedy}" : "");
        WriteLine(writer, $"{paint.Dim}see:  {DocumentOf(finding.Rule)}{paint.Reset}");
    }

    /// <summary>The page about a rule of the verifier, in the repository; null for rules of other areas, which are told by the first digit.</summary>
    public static string? DocumentOf(Rule rule) => rule.Id.StartsWith("SKEP3", StringComparison.Ordinal) ? $"docs/verifier/{rule.Id}.md" : null;

    private static void WriteLine(TextWriter writer, string text)
    {
        if (text.Length > 0)
        {
            writer.Write($"{Indent}{text}\n");
        }
    }

    /// <summary>The C place first, as editors and terminals find it.</summary>
    private static string PlaceOf(Place place)
    {
        string inside = string.Join(", ", new[] { place.File, place.Section is null ? null : $"section {place.Section}" }.Where(part => part is not null));
        string insn = place.Slot is { } slot ? $"insn {slot}" : "";
        string of = place.Object is null ? "" : insn.Length > 0 ? $" of {place.Object}" : place.Object;
        string at = place.Source is { } source ? $"{SourcePlace(source)}{(source.Column > 0 ? string.Create(CultureInfo.InvariantCulture, $":{source.Column}") : "")}, " : "";
        return $"{at}{insn}{of}{(inside.Length > 0 ? $" ({inside})" : "")}";
    }

    /// <summary>Names and lines come from the object, which must not steer the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) && character != '\t' ? '?' : character));

    private static string SourcePlace(SourceLine source) => string.Create(CultureInfo.InvariantCulture, $"{source.File}:{source.Line}");

    private static void WriteInstruction(TextWriter writer, Finding finding, Paint paint)
    {
        if (finding.Place.Instruction is not { } instruction)
        {
            return;
        }

        (int start, int length) = InstructionMark.Find(instruction, finding.Explanation?.Registers ?? []);
        writer.Write($"{Indent}{Printable(instruction)}\n{Indent}{new string(' ', start)}{paint.OfFinding(finding.IsError)}{new string('^', length)}{paint.Reset}\n");
    }

    private static void WriteSource(TextWriter writer, SourceLine? source, Paint paint)
    {
        if (source is not { Text.Length: > 0 })
        {
            return;
        }

        string text = Printable(source.Text.Trim());
        writer.Write($"{Indent}{paint.Dim};{paint.Reset} {text}\n");
        int column = source.Column - 1 - (source.Text.Length - source.Text.TrimStart().Length);
        if (source.Column > 0 && column >= 0 && column < text.Length)
        {
            // Tabs keep their width when they are repeated.
            string before = string.Concat(text[..column].Select(character => character == '\t' ? '\t' : ' '));
            writer.Write($"{Indent}  {before}{paint.Dim}^{paint.Reset}\n");
        }
    }

    private static void WriteRegisters(TextWriter writer, Explanation explanation)
        => WriteLine(writer, string.Join("  ", explanation.Registers.Select(register => $"{register.Register} = {Printable(register.Value)}")));

    private static void WritePath(TextWriter writer, Explanation explanation, Paint paint)
    {
        ImmutableArray<PathStep> path = explanation.Path;
        if (path.IsEmpty)
        {
            return;
        }

        ImmutableArray<PathStep> shown = [.. path.TakeLast(ShownSteps)];
        int leftOut = path.Length - shown.Length + explanation.PathLeftOut;
        WriteLine(writer, "the way there:");
        WriteLine(writer, leftOut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  … {leftOut} {(leftOut == 1 ? "branch" : "branches")} left out"));
        int width = Math.Min(WidestInstruction, shown.Max(step => Numbered(step).Length));
        SourceLine? last = null;
        foreach (PathStep step in shown)
        {
            string source = step.Source is { } line && (last is null || line.Line != last.Line || line.File != last.File)
                ? $"{paint.Dim}; {Printable($"{SourcePlace(line)}: {line.Text.Trim()}")}{paint.Reset}" : "";
            last = step.Source;
            WriteLine(writer, $"  {Numbered(step).PadRight(width)}  {Outcome(step),-15}{source}".TrimEnd());
        }
    }

    private static string Numbered(PathStep step) => $"{step.Slot.ToString(),4}: {step.Instruction[(step.Instruction.IndexOf(' ', StringComparison.Ordinal) + 1)..]}";

    private static string Outcome(PathStep step)
    {
        bool isCall = step.Instruction.Contains(" call ", StringComparison.Ordinal);
        string word = step.IsTaken ? (isCall ? "calls back" : "jumps") : isCall ? "goes on" : "falls through";
        return step.Times == 1 ? word : new StringBuilder(word).Append(CultureInfo.InvariantCulture, $", {step.Times}×").ToString();
    }
}
