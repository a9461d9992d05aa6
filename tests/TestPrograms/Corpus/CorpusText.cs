using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.Isa;
using Skep.Kernel;
using Skep.Programs;

namespace Skep.TestPrograms.Corpus;

/// <summary>
/// From an entry's text to what the assembler reads: repetitions written out, helpers by number, and numbers in the place of
/// the names of maps, functions and kfuncs, to be bound later.
/// </summary>
internal sealed partial class CorpusText
{
    private const int MostLines = 200_000;

    private static readonly Dictionary<string, int> HelperNumbers = ReadHelperNumbers();

    private readonly CorpusEntry _entry;
    private readonly List<CorpusLine> _lines = [];

    private CorpusText(CorpusEntry entry) => _entry = entry;

    /// <summary>By the number in <c>map[id:n]</c>.</summary>
    internal List<string> MapNames { get; } = [];

    /// <summary>By the number in <c>subprog[+n]</c>: labels.</summary>
    internal List<string> FunctionNames { get; } = [];

    /// <summary>By the number in <c>kernel-function#n</c>.</summary>
    internal List<string> KernelFunctionNames { get; } = [];

    /// <summary>In the order of the text.</summary>
    internal List<string> Labels { get; } = [];

    /// <exception cref="FormatException">The message begins with file and line.</exception>
    internal static CorpusText Translate(CorpusEntry entry)
    {
        var text = new CorpusText(entry);
        text.WriteOut([.. entry.Lines.Select(line => line with { Text = WithoutComment(line.Text) })], iteration: null);
        text.Labels.AddRange(text._lines.Select(line => Label.Match(line.Text)).Where(match => match.Success).Select(match => match.Groups["label"].Value));
        var known = text.Labels.ToHashSet();
        for (int i = 0; i < text._lines.Count; i++)
        {
            text._lines[i] = text._lines[i] with { Text = text.TranslateLine(text._lines[i], known) };
        }

        return text;
    }

    /// <summary>Assembles it, with one more branch at the end for each label, whose target is where the label is.</summary>
    internal ImmutableArray<Instruction> Assemble(out ImmutableDictionary<string, int> labels)
    {
        string[] probes = [.. Labels.Select(label => $"gotol {label}")];
        AssemblerResult result = Assembler.Assemble(string.Join('\n', _lines.Select(line => line.Text).Concat(probes)));
        if (result.Errors is [var first, ..])
        {
            CorpusLine line = first.Line <= _lines.Count ? _lines[first.Line - 1] : _entry.Lines[^1];
            throw Error(line, $"'{line.Text}': {first.Message}");
        }

        int length = result.Instructions.Length - probes.Length;
        labels = Labels
            .Select((label, i) => (label, Slot: (int)result.Instructions[length + i].TargetFrom(length + i)))
            .ToImmutableDictionary(entry => entry.label, entry => entry.Slot);
        return result.Instructions[..length];
    }

    private static Dictionary<string, int> ReadHelperNumbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int number = 1; KernelNames.Find(new HelperNumber(number)) is { } name; number++)
        {
            numbers[name] = number;
            numbers[name["bpf_".Length..]] = number;
        }

        return numbers;
    }

    private static string WithoutComment(string line)
    {
        int end = line.IndexOf(';');
        return (end < 0 ? line : line[..end]).TrimEnd();
    }

    private void WriteOut(ReadOnlySpan<CorpusLine> lines, int? iteration)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            CorpusLine line = lines[i];
            if (Repeat.Match(line.Text) is { Success: true } repeat)
            {
                int end = EndOf(lines, i);
                int times = int.Parse(repeat.Groups["times"].Value, CultureInfo.InvariantCulture);
                for (int number = 0; number < times; number++)
                {
                    WriteOut(lines[(i + 1)..end], number);
                }

                i = end;
            }
            else if (line.Text == ".end")
            {
                throw Error(line, "an .end without .repeat");
            }
            else
            {
                _lines.Add(iteration is { } index ? line with { Text = WithNumber(line.Text, index) } : line);
            }

            if (_lines.Count > MostLines)
            {
                throw Error(line, $"more than {MostLines} lines");
            }
        }
    }

    private static string WithNumber(string text, int index) => text
        .Replace("$i", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$n", (index + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private int EndOf(ReadOnlySpan<CorpusLine> lines, int start)
    {
        for (int i = start + 1; i < lines.Length; i++)
        {
            if (lines[i].Text == ".end")
            {
                return i;
            }

            if (Repeat.IsMatch(lines[i].Text))
            {
                throw Error(lines[i], "a .repeat inside another");
            }
        }

        throw Error(lines[start], "a .repeat without .end");
    }

    private string TranslateLine(CorpusLine line, HashSet<string> labels)
    {
        string text = MapName.Replace(line.Text, match => $"map[id:{IndexOf(MapNames, KnownMap(line, match.Groups["name"].Value))}]");
        text = FunctionAddress.Replace(text, match => $"= subprog[+{IndexOf(FunctionNames, match.Groups["label"].Value)}]");
        text = KernelFunctionCall.Replace(text, match => $"call kernel-function#{IndexOf(KernelFunctionNames, match.Groups["name"].Value)}");
        return HelperCall.Replace(text, match =>
        {
            string name = match.Groups["name"].Value;
            if (labels.Contains(name))
            {
                return match.Value;
            }

            return HelperNumbers.TryGetValue(name, out int number)
                ? $"call {name}#{number}"
                : throw Error(line, $"'{name}' is neither a label nor a helper of the kernel");
        });
    }

    private string KnownMap(CorpusLine line, string name) => CorpusMaps.Find(name) is not null
        ? name
        : throw Error(line, $"the map '{name}' is not known, expected {string.Join(", ", CorpusMaps.All.Select(map => map.Name))}");

    private static int IndexOf(List<string> names, string name)
    {
        int index = names.IndexOf(name);
        if (index < 0)
        {
            names.Add(name);
            index = names.Count - 1;
        }

        return index;
    }

    private FormatException Error(CorpusLine line, string message) =>
        new($"{_entry.Place[.._entry.Place.LastIndexOf(':')]}:{line.Number}: {message}");

    [GeneratedRegex(@"^\.repeat (?<times>\d+)$")]
    private static partial Regex Repeat { get; }

    [GeneratedRegex(@"^(?<label>[A-Za-z_.$][\w.$]*):")]
    private static partial Regex Label { get; }

    [GeneratedRegex(@"map\[(?<name>[a-z]\w*)\]")]
    private static partial Regex MapName { get; }

    [GeneratedRegex(@"= func (?<label>[\w.$]+)")]
    private static partial Regex FunctionAddress { get; }

    [GeneratedRegex(@"\bcall kfunc (?<name>\w+)")]
    private static partial Regex KernelFunctionCall { get; }

    [GeneratedRegex(@"\bcall (?<name>[A-Za-z_]\w*)$")]
    private static partial Regex HelperCall { get; }
}
