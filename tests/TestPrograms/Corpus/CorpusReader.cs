using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.TestPrograms.Registries;

namespace Skep.TestPrograms.Corpus;

/// <summary>Reads a family's file; the format is described in Corpus/README.md. Whatever it does not say is an error, with file and line.</summary>
public sealed partial class CorpusReader
{
    private const string Start = "===";

    private readonly string _file;
    private readonly string[] _lines;
    private int _at;

    private CorpusReader(string file, string text)
    {
        _file = file;
        _lines = text.Split('\n');
    }

    /// <param name="file">The name that errors show; without folder and extension it is the family.</param>
    /// <exception cref="FormatException">The message begins with file and line.</exception>
    public static ImmutableArray<CorpusEntry> Read(string file, string text)
    {
        var reader = new CorpusReader(file, text);
        var entries = ImmutableArray.CreateBuilder<CorpusEntry>();
        for (; reader._at < reader._lines.Length; reader._at++)
        {
            string line = reader.Current;
            if (line.StartsWith(Start, StringComparison.Ordinal))
            {
                break;
            }

            if (line.Length > 0 && line[0] != '#')
            {
                throw reader.Error($"'{line}' stands before the first entry, expected '=== name', a comment that begins with #, or nothing");
            }
        }

        while (reader._at < reader._lines.Length)
        {
            entries.Add(reader.ReadEntry());
        }

        return entries.ToImmutable();
    }

    private string Current => _lines[_at].TrimEnd();

    private CorpusEntry ReadEntry()
    {
        string place = $"{_file}:{_at + 1}";
        string name = Current[Start.Length..].Trim();
        if (name.Length == 0)
        {
            throw Error("the entry has no name");
        }

        _at++;
        var headers = new Dictionary<string, (string Value, int Line)>();
        var functions = ImmutableArray.CreateBuilder<FunctionSignature>();
        ReadHeaders(headers, functions);
        ImmutableArray<ExpectedFinding> expected = headers.TryGetValue("expect", out (string Value, int Line) expect)
            ? ReadVerdict(expect.Value, expect.Line)
            : throw Error($"the entry '{name}' says no 'expect:'");
        bool kernelAccepts = headers.TryGetValue("kernel", out (string Value, int Line) kernel)
            ? ReadKernelVerdict(kernel.Value, kernel.Line)
            : expected.IsEmpty;
        CheckReason(headers, name, expected.IsEmpty == kernelAccepts);
        return new CorpusEntry
        {
            Family = Path.GetFileNameWithoutExtension(_file),
            Name = name,
            Place = place,
            Type = ReadType(headers),
            Flags = ReadFlags(headers, out string license),
            License = license,
            Functions = functions.ToImmutable(),
            Expected = expected,
            KernelAccepts = kernelAccepts,
            Reason = headers.TryGetValue("reason", out (string Value, int Line) reason) ? reason.Value : "",
            Lines = ReadProgram(name),
        };
    }

    private void ReadHeaders(Dictionary<string, (string Value, int Line)> headers, ImmutableArray<FunctionSignature>.Builder functions)
    {
        for (; _at < _lines.Length && Current != "---"; _at++)
        {
            Match match = Header.Match(Current);
            if (!match.Success)
            {
                throw Error($"'{Current}' is not understood, expected type, flags, func, expect, kernel or reason, ':' and a value, or '---'");
            }

            string value = Comment.Replace(match.Groups["value"].Value, "").Trim();
            string key = match.Groups["key"].Value;
            if (key == "func")
            {
                functions.Add(FunctionSignature.Parse(value) ?? throw Error($"'{value}' is not understood, expected static or global and a C declaration"));
            }
            else if (!headers.TryAdd(key, (value, _at + 1)))
            {
                throw Error($"'{key}:' is there twice");
            }
        }

        if (_at == _lines.Length)
        {
            throw Error("the entry has no '---' and no program");
        }

        _at++;
    }

    private ImmutableArray<CorpusLine> ReadProgram(string name)
    {
        var program = ImmutableArray.CreateBuilder<CorpusLine>();
        for (; _at < _lines.Length && !Current.StartsWith(Start, StringComparison.Ordinal); _at++)
        {
            if (Current.Trim().Length > 0)
            {
                program.Add(new CorpusLine(_at + 1, Current.Trim()));
            }
        }

        return program.Count > 0 ? program.ToImmutable() : throw Error($"the entry '{name}' has no program");
    }

    private ImmutableArray<ExpectedFinding> ReadVerdict(string text, int line)
    {
        if (text == "accept")
        {
            return [];
        }

        var expected = ImmutableArray.CreateBuilder<ExpectedFinding>();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Match match = Finding.Match(word);
            if (!match.Success)
            {
                throw Error($"'{word}' is no finding, expected accept or SKEP and four digits, and mostly '@' and a slot", line);
            }

            int? slot = match.Groups["slot"] is { Success: true } at ? int.Parse(at.Value, CultureInfo.InvariantCulture) : null;
            expected.Add(new ExpectedFinding(match.Groups["rule"].Value, slot));
        }

        return expected.Count > 0 ? expected.ToImmutable() : throw Error("'expect:' is empty", line);
    }

    private bool ReadKernelVerdict(string text, int line) => text switch
    {
        "accept" => true,
        "refuse" => false,
        _ => throw Error($"'kernel: {text}' is not understood, expected accept or refuse", line),
    };

    private void CheckReason(Dictionary<string, (string Value, int Line)> headers, string name, bool agree)
    {
        bool hasReason = headers.TryGetValue("reason", out (string Value, int Line) reason) && reason.Value.Length > 0;
        if (headers.TryGetValue("kernel", out (string Value, int Line) kernel) && agree)
        {
            throw Error("'kernel:' says what 'expect:' says already", kernel.Line);
        }

        if (agree && hasReason)
        {
            throw Error("'reason:' explains a difference that is not there", reason.Line);
        }

        if (!agree && !hasReason)
        {
            throw Error($"the verdicts of '{name}' differ, and no 'reason:' says why", kernel.Line);
        }
    }

    private string ReadType(Dictionary<string, (string Value, int Line)> headers)
    {
        (string type, int line) = headers.GetValueOrDefault("type", ("socket_filter", 0));
        return TestProgramTypes.Names.Contains(type)
            ? type
            : throw Error($"the program type '{type}' is not known, expected {string.Join(", ", TestProgramTypes.Names)}", line);
    }

    private CorpusFlags ReadFlags(Dictionary<string, (string Value, int Line)> headers, out string license)
    {
        license = "GPL";
        (string text, int line) = headers.GetValueOrDefault("flags", ("", 0));
        var flags = CorpusFlags.None;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith("license=", StringComparison.Ordinal))
            {
                license = word["license=".Length..];
                continue;
            }

            flags |= word switch
            {
                "unprivileged" => CorpusFlags.Unprivileged,
                "strict" => CorpusFlags.Strict,
                "fuel" => CorpusFlags.Fuel,
                _ => throw Error($"the flag '{word}' is not known, expected unprivileged, strict, fuel or license=…", line),
            };
        }

        return flags;
    }

    private FormatException Error(string message, int line = 0) => new($"{_file}:{(line == 0 ? Math.Min(_at, _lines.Length - 1) + 1 : line)}: {message}");

    [GeneratedRegex(@"^(?<key>type|flags|func|expect|kernel|reason):(?<value>.*)$")]
    private static partial Regex Header { get; }

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment { get; }

    [GeneratedRegex(@"^(?<rule>SKEP\d{4})(?:@(?<slot>\d+))?$")]
    private static partial Regex Finding { get; }
}
