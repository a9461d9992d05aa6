using Iced.Intel;
using Skep.Jit.X64.Encoding;
using MemoryOperand = Skep.Jit.X64.Encoding.MemoryOperand;

namespace Skep.Jit.X64.Tests.Encoding;

/// <summary>Text of machine code by a disassembler that is not ours.</summary>
internal static class Instructions
{
    private static readonly NasmFormatter Formatter = new()
    {
        Options = { FirstOperandCharIndex = 0, SpaceAfterOperandSeparator = false, HexPrefix = "0x", HexSuffix = "", NumberBase = NumberBase.Decimal, ShowBranchSize = false, SignedImmediateOperands = true, MemorySizeOptions = MemorySizeOptions.Never },
    };

    /// <summary>One instruction, which must take all bytes.</summary>
    internal static string Only(ReadOnlySpan<byte> code)
    {
        string[] all = [.. All(code)];
        return Assert.Single(all);
    }

    internal static IEnumerable<string> All(ReadOnlySpan<byte> code)
    {
        var lines = new List<string>();
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code.ToArray()));
        while (decoder.IP < (ulong)code.Length)
        {
            decoder.Decode(out Instruction instruction);
            var output = new StringOutput();
            Formatter.Format(instruction, output);
            lines.Add(output.ToStringAndReset());
        }

        return lines;
    }

    internal static string Name(MachineRegister register, Width width)
    {
        string[] legacy = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];
        if ((int)register >= 8)
        {
            return $"r{(int)register}{width switch { Width.Byte => "b", Width.Word => "w", Width.Double => "d", _ => "" }}";
        }

        string name = legacy[(int)register];
        return width switch
        {
            Width.Byte => name[1] == 'x' ? $"{name[0]}l" : $"{name}l",
            Width.Word => name,
            Width.Double => $"e{name}",
            _ => $"r{name}",
        };
    }

    internal static string Text(in MemoryOperand memory)
    {
        string origin = memory.Base == MachineRegister.None ? "" : Name(memory.Base, Width.Quad);
        string index = memory.Index == MachineRegister.None ? "" : Name(memory.Index, Width.Quad) + (memory.Shift == 0 && memory.Base != MachineRegister.None ? "" : $"*{1 << memory.Shift}");
        string sum = origin.Length > 0 && index.Length > 0 ? $"{origin}+{index}" : origin + index;
        return memory.Displacement switch
        {
            0 => $"[{sum}]",
            > 0 => $"[{sum}+{memory.Displacement}]",
            _ => $"[{sum}{memory.Displacement}]",
        };
    }
}
