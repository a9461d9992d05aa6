using System.Collections.Immutable;
using System.Text.Json;
using Skep.Findings;
using Spectre.Console;

namespace Skep.Cli.Output;

/// <summary>The form of what a verb reports.</summary>
internal enum OutputFormat
{
    Text,
    Json,
    PrettyJson,
}

/// <summary>Where a verb writes: reports to standard output in the chosen form, findings to standard error. Not thread-safe.</summary>
internal sealed class Terminal(OutputFormat format, TextWriter output, TextWriter error) : IDisposable
{
    // Nothing wraps where no one looks: lines stay whole for grep and awk.
    private const int UnlimitedWidth = 100_000;
    private const int LeastWidth = 40;

    public OutputFormat Format { get; } = format;

    public bool IsJson => Format != OutputFormat.Text;

    public TextWriter Output { get; } = output;

    /// <summary>For people, beside the report.</summary>
    public TextWriter Error { get; } = error;

    public void Show(Report report)
    {
        if (IsJson)
        {
            WriteJson(json => ReportJson.Write(json, report));
        }
        else
        {
            WriteText(report);
        }
    }

    /// <summary>One JSON value and a line end.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = Format == OutputFormat.PrettyJson, NewLine = "\n", Encoder = JsonText.Encoder }))
        {
            write(json);
        }

        Output.Write(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        Output.Write('\n');
    }

    /// <summary>Says why the action failed.</summary>
    /// <returns>The exit code.</returns>
    public int Fail(IEnumerable<Finding> findings)
    {
        ImmutableArray<Finding> all = [.. findings];
        Warn(all);
        if (IsJson)
        {
            Show(Report.Of(FindingReport.Create(all)));
        }

        return ExitCode.Failure;
    }

    public int Fail(Finding finding) => Fail([finding]);

    public void Warn(IEnumerable<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            FindingPrinter.Print(Error, finding, Paint.OfError);
        }
    }

    public void Dispose() => Output.Flush();

    private void WriteText(Report report)
    {
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
        bool isSeen = !Console.IsOutputRedirected;
        console.Profile.Capabilities.Ansi = isSeen;
        console.Profile.Capabilities.ColorSystem = isSeen ? ColorSystem.Standard : ColorSystem.NoColors;
        console.Profile.Width = isSeen ? Math.Max(Console.BufferWidth, LeastWidth) : UnlimitedWidth;
        ReportText.Write(console, report);
        foreach (ReadOnlySpan<char> line in text.ToString().TrimEnd('\n').EnumerateLines())
        {
            Output.Write(line.TrimEnd(' '));
            Output.Write('\n');
        }
    }
}
