using System.Globalization;
using Skep.Programs;

namespace Skep.Cli.Jited;

/// <summary>What a dump of compiled code shows besides the code.</summary>
/// <param name="Plain">No eBPF instructions and no comments: code and C lines, as bpftool has them.</param>
/// <param name="Opcodes">The bytes of each instruction.</param>
/// <param name="LineNumbers">File, line and column of each source line.</param>
internal sealed record JitedOptions(bool Plain, bool Opcodes, bool LineNumbers);

/// <summary>Compiled code for people: <c>;</c> is C, <c>#</c> is eBPF, and a line that begins with an address is code.</summary>
internal sealed class JitedText(TextWriter writer, JitedOptions options)
{
    private const int LeastAddressWidth = 4;
    private const int OperationWidth = 8;
    private const int OperandsWidth = 28;
    private const int MostByteColumns = 10;

    public void Write(JitedDump dump)
    {
        int addressWidth = dump.Listing.Lines.Select(line => line.Line.Offset).DefaultIfEmpty().Max() is var last
            ? Math.Max(LeastAddressWidth, last.ToString("x", CultureInfo.InvariantCulture).Length) : LeastAddressWidth;
        int bytes = options.Opcodes ? dump.Listing.Lines.Select(line => line.Line.Bytes.Length).DefaultIfEmpty().Max() : 0;
        foreach (JitedGroup group in dump.Groups)
        {
            if (group.Heading is { } heading)
            {
                writer.Write($"{heading}:\n");
            }

            if (group.Source is { } source)
            {
                writer.Write($"; {SourceText(source)}".TrimEnd() + "\n");
            }

            if (!options.Plain && group.Instruction is { } instruction)
            {
                writer.Write($"# {instruction.Text}\n");
            }

            foreach (JitedLine line in group.Lines)
            {
                Write(line, addressWidth, Math.Min(bytes, MostByteColumns));
            }
        }
    }

    private void Write(JitedLine line, int addressWidth, int bytes)
    {
        string address = line.Offset.ToString("x", CultureInfo.InvariantCulture).PadLeft(addressWidth);
        string code = bytes == 0 ? "" : string.Join(' ', line.Bytes.Select(value => value.ToString("x2", CultureInfo.InvariantCulture))).PadRight((bytes * 3) - 1) + "  ";
        string text = line.Operands.Length == 0 ? line.Operation : $"{line.Operation.PadRight(OperationWidth - 1)} {line.Operands}";
        string comment = options.Plain || line.Comment is null ? "" : $"{"".PadRight(Math.Max(1, OperationWidth + OperandsWidth - text.Length))}/* {line.Comment} */";
        writer.Write($"{address}: {code}{text}{comment}\n");
    }

    private string SourceText(SourceLine source) => options.LineNumbers
        ? string.Create(CultureInfo.InvariantCulture, $"{source.Text} [file:{source.File} line_num:{source.Line} line_col:{source.Column}]")
        : source.Text;
}
