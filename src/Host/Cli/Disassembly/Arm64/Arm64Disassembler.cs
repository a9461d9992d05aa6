using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Skep.Cli.Disassembly.Arm64;

namespace Skep.Cli.Disassembly;

/// <summary>
/// The integer part of A64 with its atomics, in the syntax and with the aliases of the Arm Architecture Reference Manual; other words, such as most of the vector
/// instructions, are <c>.inst</c>. Ours, since the packages that read arm64 bring 60 MB of native libraries and do not know the atomics of Armv8.1.
/// </summary>
internal sealed class Arm64Disassembler : IDisassembler
{
    public ImmutableArray<MachineInstruction> Disassemble(ReadOnlySpan<byte> code)
    {
        var lines = ImmutableArray.CreateBuilder<MachineInstruction>();
        int offset = 0;
        for (; offset + sizeof(uint) <= code.Length; offset += sizeof(uint))
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(code[offset..]);
            lines.Add(Decode(new Word(word), offset) is { } text
                ? new MachineInstruction(offset, sizeof(uint), text.Operation, text.Operands)
                : Directives.Word(".inst", word, offset));
        }

        if (offset < code.Length)
        {
            lines.Add(Directives.Bytes(code[offset..], offset));
        }

        return lines.ToImmutable();
    }

    /// <summary>The main groups (C4.1).</summary>
    private static Text? Decode(Word word, long offset) => word.Field(25, 4) switch
    {
        0 when word.Value <= 0xffff => Text.Of("udf", Word.Decimal(word.Value)),
        8 or 9 => ImmediateForms.Decode(word, offset),
        10 or 11 => BranchForms.Decode(word, offset),
        4 or 6 or 12 or 14 => MemoryForms.Decode(word, offset),
        5 or 13 => RegisterForms.Decode(word),
        7 when word.Is(0xffff_ffe0, 0x6f00_e400) => Text.Of("movi", string.Create(CultureInfo.InvariantCulture, $"v{word.D}.2d"), "#0"),
        _ => null,
    };
}
