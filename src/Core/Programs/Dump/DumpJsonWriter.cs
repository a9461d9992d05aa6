using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Skep.Programs.Dump;

/// <summary>The JSON of <c>bpftool --json prog dump xlated</c>, member for member; a line or column of 0 is left out, as there.</summary>
internal sealed class DumpJsonWriter(Utf8JsonWriter writer, DumpOptions options)
{
    private const int ImmediateStart = 4;

    internal void Write(ImmutableArray<DumpEntry> entries)
    {
        writer.WriteStartArray();
        foreach (DumpEntry entry in entries)
        {
            writer.WriteStartObject();
            if (entry.Prototype is not null)
            {
                writer.WriteString("proto", entry.Prototype);
            }

            WriteSource(entry.Source);
            writer.WriteString("disasm", entry.Disassembly);
            if (options.Opcodes)
            {
                WriteOpcodes(entry.Bytes);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteSource(SourceLine? source)
    {
        if (source is null)
        {
            return;
        }

        writer.WriteString("src", source.Text);
        if (!options.LineNumbers)
        {
            return;
        }

        writer.WriteString("file", source.File);
        if (source.Line != 0)
        {
            writer.WriteNumber("line_num", source.Line);
        }

        if (source.Column != 0)
        {
            writer.WriteNumber("line_col", source.Column);
        }
    }

    private void WriteOpcodes(ImmutableArray<byte> bytes)
    {
        writer.WriteStartObject("opcodes");
        writer.WriteString("code", Hexadecimal(bytes[0]));
        writer.WriteString("src_reg", string.Create(CultureInfo.InvariantCulture, $"0x{bytes[1] >> 4:x}"));
        writer.WriteString("dst_reg", string.Create(CultureInfo.InvariantCulture, $"0x{bytes[1] & 0xf:x}"));
        WriteBytes("off", bytes.AsSpan()[2..ImmediateStart]);
        WriteBytes("imm", bytes.AsSpan()[ImmediateStart..]);
        writer.WriteEndObject();
    }

    private void WriteBytes(string name, ReadOnlySpan<byte> bytes)
    {
        writer.WriteStartArray(name);
        foreach (byte value in bytes)
        {
            writer.WriteStringValue(Hexadecimal(value));
        }

        writer.WriteEndArray();
    }

    private static string Hexadecimal(byte value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x2}");
}
