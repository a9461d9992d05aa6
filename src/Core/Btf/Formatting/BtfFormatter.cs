using System.Text;
using System.Text.Json;

namespace Skep.Btf.Formatting;

/// <summary>
/// Prints a value's bytes by their type, as <c>bpftool map dump</c> does: structs by member names (those of unnamed
/// members in line with the others), <c>char</c> arrays with a terminator as strings, enums by name, pointers in hex.
/// Bytes that are missing, and types without values, print as a word in angle brackets (null in JSON); no input
/// throws. Immutable, for any number of threads.
/// </summary>
/// <param name="graph">The types that the numbers refer to.</param>
public sealed class BtfFormatter(BtfGraph graph)
{
    /// <summary>One line: <c>{ pid = 12, comm = "bash" }</c>.</summary>
    /// <param name="type">A type with values, a variable, or a data section.</param>
    /// <param name="value">Little-endian, as programs see it.</param>
    public string ToText(BtfTypeId type, ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder();
        AppendText(text, type, value);
        return text.ToString();
    }

    /// <inheritdoc cref="ToText"/>
    public void AppendText(StringBuilder text, BtfTypeId type, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(text);
        new BtfValueWalker(graph, new TextSink(text), value.Length).Walk(type, value, depth: 0);
    }

    /// <summary>
    /// One JSON value. Integers of up to 64 bits are numbers, wider ones and pointers strings in hex; a real number that JSON cannot
    /// hold is a string.
    /// </summary>
    /// <inheritdoc cref="ToText"/>
    public void WriteJson(Utf8JsonWriter writer, BtfTypeId type, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        new BtfValueWalker(graph, new JsonSink(writer), value.Length).Walk(type, value, depth: 0);
    }
}
