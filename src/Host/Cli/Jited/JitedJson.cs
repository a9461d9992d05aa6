using System.Globalization;
using System.Text.Json;
using Skep.Programs;

namespace Skep.Cli.Jited;

/// <summary>
/// The JSON of <c>bpftool --json prog dump jited</c> (an array of programs, each with its <c>insns</c>), and beside it what Skep knows: engine, language, size, and the
/// eBPF instruction that code stems from.
/// </summary>
internal sealed class JitedJson(Utf8JsonWriter json, JitedOptions options)
{
    public void Write(JitedDump dump)
    {
        json.WriteStartObject();
        json.WriteString("name", dump.Program.Name);
        json.WriteString("tag", dump.Program.Tag);
        json.WriteString("engine", dump.Backend.Name);
        json.WriteString("language", dump.Listing.Language);
        if (dump.Listing.Bytes is { } bytes)
        {
            json.WriteNumber("bytes", bytes);
        }

        json.WriteStartArray("insns");
        foreach (JitedGroup group in dump.Groups)
        {
            for (int index = 0; index < group.Lines.Length; index++)
            {
                json.WriteStartObject();
                if (index == 0)
                {
                    WriteHead(group);
                }

                Write(group.Lines[index]);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteHead(JitedGroup group)
    {
        if (group.Heading is { } heading)
        {
            json.WriteString("proto", heading);
        }

        if (group.Source is { } source)
        {
            WriteSource(source);
        }

        if (!options.Plain && group.Instruction is { } instruction)
        {
            json.WriteNumber("insn", instruction.Slot.Value);
            json.WriteString("xlated", instruction.Disassembly);
        }
    }

    private void WriteSource(SourceLine source)
    {
        json.WriteString("src", source.Text);
        if (options.LineNumbers)
        {
            json.WriteString("file", source.File);
            json.WriteNumber("line_num", source.Line);
            json.WriteNumber("line_col", source.Column);
        }
    }

    private void Write(JitedLine line)
    {
        json.WriteString("pc", string.Create(CultureInfo.InvariantCulture, $"0x{line.Offset:x}"));
        json.WriteString("operation", line.Operation);
        json.WriteStartArray("operands");
        foreach (string operand in Split(line.Operands))
        {
            json.WriteStringValue(operand);
        }

        json.WriteEndArray();
        if (options.Opcodes && line.Bytes.Length > 0)
        {
            json.WriteStartArray("opcodes");
            foreach (byte value in line.Bytes)
            {
                json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"0x{value:x2}"));
            }

            json.WriteEndArray();
        }

        if (!options.Plain && line.Comment is { } comment)
        {
            json.WriteString("comment", comment);
        }
    }

    /// <summary>At the commas that are not inside of brackets.</summary>
    private static IEnumerable<string> Split(string operands)
    {
        int start = 0;
        int depth = 0;
        for (int at = 0; at < operands.Length; at++)
        {
            depth += operands[at] is '[' or '{' or '(' ? 1 : operands[at] is ']' or '}' or ')' ? -1 : 0;
            if (operands[at] == ',' && depth == 0)
            {
                yield return operands[start..at].Trim();
                start = at + 1;
            }
        }

        if (start < operands.Length)
        {
            yield return operands[start..].Trim();
        }
    }
}
