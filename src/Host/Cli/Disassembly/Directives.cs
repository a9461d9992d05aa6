using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

namespace Skep.Cli.Disassembly;

/// <summary>Code that is shown as the numbers it is made of.</summary>
internal static class Directives
{
    public static MachineInstruction Bytes(ReadOnlySpan<byte> bytes, int offset)
        => new(offset, bytes.Length, ".byte", string.Join(", ", bytes.ToArray().Select(value => value.ToString("x2", CultureInfo.InvariantCulture).Insert(0, "0x"))));

    public static MachineInstruction Word(string directive, uint word, int offset)
        => new(offset, sizeof(uint), directive, string.Create(CultureInfo.InvariantCulture, $"0x{word:x8}"));

    public static MachineInstruction Quad(ReadOnlySpan<byte> bytes, int offset)
        => new(offset, sizeof(ulong), ".quad", string.Create(CultureInfo.InvariantCulture, $"0x{BinaryPrimitives.ReadUInt64LittleEndian(bytes):x}"));
}

/// <summary>For processors that nobody here can read: eight bytes a line.</summary>
internal sealed class ByteDisassembler : IDisassembler
{
    private const int PerLine = 8;

    public ImmutableArray<MachineInstruction> Disassemble(ReadOnlySpan<byte> code)
    {
        var lines = ImmutableArray.CreateBuilder<MachineInstruction>();
        for (int offset = 0; offset < code.Length; offset += PerLine)
        {
            lines.Add(Directives.Bytes(code[offset..Math.Min(offset + PerLine, code.Length)], offset));
        }

        return lines.ToImmutable();
    }
}

/// <summary>For processors whose instructions are 32-bit words: a word a line.</summary>
internal sealed class WordDisassembler(string directive) : IDisassembler
{
    public ImmutableArray<MachineInstruction> Disassemble(ReadOnlySpan<byte> code)
    {
        var lines = ImmutableArray.CreateBuilder<MachineInstruction>();
        int offset = 0;
        for (; offset + sizeof(uint) <= code.Length; offset += sizeof(uint))
        {
            lines.Add(Directives.Word(directive, BinaryPrimitives.ReadUInt32LittleEndian(code[offset..]), offset));
        }

        if (offset < code.Length)
        {
            lines.Add(Directives.Bytes(code[offset..], offset));
        }

        return lines.ToImmutable();
    }
}
