using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Skep.Isa;

/// <summary>
/// The text of <c>bpftool prog dump xlated</c> (kernel/bpf/disasm.c of Linux 6.18; a bpftool older than that prints
/// <c>BUG_…</c> or the unsigned form for the newer operations). Three forms are Skep's own, for what never
/// reaches bpftool: <c>btf[id:…][obj:…]</c>, <c>map[idx:…]</c> without an offset, and <c>invalid 0x…</c>.
/// </summary>
public static class InstructionPrinter
{
    // Where the comments of the classic hello-world dump begin, counted from the instruction text.
    private const int CommentColumn = 25;

    /// <summary>All instructions, a line each, or two with <see cref="PrinterOptions.Opcodes"/>; lines end with '\n'.</summary>
    public static void Print(TextWriter writer, ReadOnlySpan<Instruction> program, PrinterOptions? options = null)
    {
        options ??= PrinterOptions.Default;
        for (int slot = 0; slot < program.Length; slot += program[slot].Row.Slots)
        {
            writer.Write(Line(program[slot], slot, options));
            writer.Write('\n');
            if (options.Opcodes)
            {
                writer.Write(OpcodeLine(program[slot]));
                writer.Write('\n');
            }
        }
    }

    /// <summary>For example <c>   0: (b7) r1 = 33                  /* ! */</c>, without a line end.</summary>
    /// <param name="slot">Index of the slot in its program; local functions are named by where they begin.</param>
    public static string Line(in Instruction instruction, int slot, PrinterOptions? options = null)
    {
        options ??= PrinterOptions.Default;
        byte opcode = instruction.Operation is Operation.Invalid or Operation.Continuation
            ? (byte)instruction.Immediate
            : instruction.Row.Opcode;
        string text = Text(instruction, slot, options.Names);
        string? characters = options.Plain ? null : CharacterComment.For(instruction);
        if (characters is not null)
        {
            text = text.PadRight(CommentColumn) + "/* " + characters + " */";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{slot,4}: ({opcode:x2}) {text}");
    }

    /// <summary>The bytes of all slots of an instruction as <c>bpftool</c> prints them, without a line end.</summary>
    public static string OpcodeLine(in Instruction instruction)
    {
        var line = new StringBuilder("      ");
        AppendBytes(line, InstructionEncoder.EncodeFirst(instruction));
        if (instruction.Row.Shape == InstructionShape.LoadWide)
        {
            AppendBytes(line, InstructionEncoder.EncodeSecond(instruction));
        }

        return line.ToString();
    }

    /// <summary>The instruction alone, for example <c>r1 = 33</c>.</summary>
    public static string Text(in Instruction instruction, int slot = 0, IInstructionNames? names = null)
    {
        OpcodeRow row = instruction.Row;
        if (row.Shape == InstructionShape.LoadWide && names?.WideOperand(instruction) is string operand)
        {
            return string.Create(CultureInfo.InvariantCulture, $"r{instruction.Destination} = {operand}");
        }

        var text = new StringBuilder();
        string syntax = row.Syntax;
        for (int i = 0; i < syntax.Length; i++)
        {
            if (syntax[i] == '$')
            {
                AppendOperand(text, syntax[++i], instruction, slot, names);
            }
            else
            {
                text.Append(syntax[i]);
            }
        }

        return text.ToString();
    }

    private static void AppendOperand(
        StringBuilder text, char operand, in Instruction instruction, int slot, IInstructionNames? names)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        _ = operand switch
        {
            'd' => text.Append(culture, $"{instruction.Destination}"),
            's' => text.Append(culture, $"{instruction.Source}"),
            'o' => text.Append(culture, $"{instruction.Offset:+0;-0;+0}"),
            'j' => text.Append(culture, $"pc{instruction.Offset:+0;-0;+0}"),
            'i' => text.Append(culture, $"{instruction.Immediate}"),
            'x' => text.Append(culture, $"0x{(uint)instruction.Immediate:x}"),
            'q' => text.Append(culture, $"0x{(ulong)instruction.Immediate:x}"),
            'u' => text.Append(culture, $"{(uint)instruction.LowImmediate}"),
            'v' => text.Append(culture, $"{(uint)instruction.HighImmediate}"),
            'p' => text.Append(culture, $"{instruction.LowImmediate:+0;-0;+0}"),
            'h' => text.Append(culture, $"{names?.HelperName((int)instruction.Immediate) ?? "unknown"}#{instruction.Immediate}"),
            'f' => text.Append(
                culture, $"{names?.NamedFunctionName((int)instruction.Immediate) ?? SyntaxMatcher.UnnamedFunction}#{instruction.Immediate}"),
            'l' => text.Append(culture, $"pc{instruction.Offset:+0;-0;+0}{LocalName(instruction, slot, names)}"),
            _ => throw new InvalidOperationException($"The syntax '{instruction.Row.Syntax}' has the unknown operand '{operand}'."),
        };
    }

    private static string LocalName(in Instruction instruction, int slot, IInstructionNames? names)
    {
        long target = instruction.TargetFrom(slot);
        return target is >= 0 and <= int.MaxValue && names?.LocalFunctionName((int)target) is string name ? "#" + name : "";
    }

    private static void AppendBytes(StringBuilder line, RawInstruction raw)
    {
        Span<byte> bytes = stackalloc byte[RawInstruction.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, raw.Bits);
        foreach (byte value in bytes)
        {
            line.Append(CultureInfo.InvariantCulture, $" {value:x2}");
        }
    }
}
