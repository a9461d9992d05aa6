using System.Collections.Immutable;
using Iced.Intel;

namespace Skep.Cli.Disassembly;

/// <summary>x86-64, in Intel's syntax; the work is Iced's.</summary>
internal sealed class X64Disassembler : IDisassembler
{
    private const int Bits = 64;

    public ImmutableArray<MachineInstruction> Disassemble(ReadOnlySpan<byte> code)
    {
        var decoder = Decoder.Create(Bits, new ByteArrayCodeReader(code.ToArray()));
        var formatter = new IntelFormatter(new FormatterOptions
        {
            HexPrefix = "0x",
            HexSuffix = "",
            UppercaseHex = false,
            SmallHexNumbersInDecimal = true,
            SpaceAfterOperandSeparator = true,
            RipRelativeAddresses = true,
            BranchLeadingZeros = false,
            DisplacementLeadingZeros = false,
            ShowBranchSize = false,
        });
        var text = new StringOutput();
        var instructions = ImmutableArray.CreateBuilder<MachineInstruction>();
        while (decoder.IP < (ulong)code.Length)
        {
            int offset = (int)decoder.IP;
            decoder.Decode(out Instruction instruction);
            int length = Math.Max(instruction.Length, 1);
            if (instruction.IsInvalid)
            {
                instructions.Add(Directives.Bytes(code.Slice(offset, length), offset));
                continue;
            }

            formatter.FormatMnemonic(instruction, text);
            string operation = text.ToStringAndReset();
            formatter.FormatAllOperands(instruction, text);
            instructions.Add(new MachineInstruction(offset, length, operation, text.ToStringAndReset()));
        }

        return instructions.ToImmutable();
    }
}
