using System.Globalization;
using System.Text.Json;
using Skep.Btf;
using Skep.Cli.Output;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Cli.Running;

/// <summary>
/// Prints the stream, a line an item: <c>TIME [CPU] COMM-PID: text</c> as the kernel's trace_pipe has it (with the program's name where several
/// run), and ring buffer records by their type. In JSON, one object an item.
/// </summary>
internal sealed class StreamPrinter(Terminal terminal, bool namesPrograms)
{
    private readonly Dictionary<LoadedMap, BtfTypeId?> _recordTypes = [];

    public void Print(StreamItem item)
    {
        switch (item)
        {
            case TraceItem trace when terminal.IsJson:
                terminal.WriteJson(json => WriteTrace(json, trace.Record));
                break;
            case TraceItem trace:
                terminal.Output.WriteLine(ToLine(trace.Record, namesPrograms));
                break;
            case RingItem ring when terminal.IsJson:
                terminal.WriteJson(json => WriteRecord(json, ring));
                break;
            case RingItem ring:
                terminal.Output.WriteLine($"  {ring.Map.Name}: {ValueOf(ring).Text}");
                break;
        }
    }

    private static string ToLine(in TraceRecord record, bool namesPrograms)
    {
        string program = namesPrograms ? $" {record.Program}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {record.Timestamp.TotalSeconds,12:F6}  [{record.Cpu:D3}] {Printable(record.Command)}-{record.ProcessId}{program}: {Printable(record.Text)}");
    }

    /// <summary>Names that programs read out of processes go to a terminal: nothing in them may steer it.</summary>
    private static string Printable(string text)
        => text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')
            ? string.Create(text.Length, text, static (characters, source) =>
            {
                for (int index = 0; index < characters.Length; index++)
                {
                    characters[index] = char.IsControl(source[index]) && source[index] is not ('\n' or '\t') ? '?' : source[index];
                }
            })
            : text;

    private static void WriteTrace(Utf8JsonWriter json, TraceRecord record)
    {
        json.WriteStartObject();
        json.WriteString("type", "trace");
        json.WriteNumber("time_ns", (long)(record.Timestamp.Ticks * (1e9 / TimeSpan.TicksPerSecond)));
        json.WriteNumber("cpu", record.Cpu);
        json.WriteNumber("pid", record.ProcessId);
        json.WriteString("comm", record.Command);
        json.WriteString("program", record.Program);
        json.WriteString("text", record.Text);
        json.WriteEndObject();
    }

    private void WriteRecord(Utf8JsonWriter json, RingItem item)
    {
        json.WriteStartObject();
        json.WriteString("type", "record");
        json.WriteString("map", item.Map.Name);
        json.WritePropertyName("value");
        ValueOf(item).Json(json);
        json.WriteEndObject();
    }

    private Cell ValueOf(RingItem item)
    {
        if (!_recordTypes.TryGetValue(item.Map, out BtfTypeId? type))
        {
            _recordTypes[item.Map] = type = RecordType.Find(item.Map.Map.Spec);
        }

        return Cell.Of(item.Map.Map.Spec.Btf, type, item.Bytes);
    }
}
