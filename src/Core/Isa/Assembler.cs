using System.Collections.Immutable;
using System.Globalization;

namespace Skep.Isa;

/// <summary>
/// Text to instructions. Reads every line that <see cref="InstructionPrinter"/> writes, so that a dump can be pasted
/// back, and these besides: instructions without slot number and opcode; <c>label:</c> and labels as branch targets;
/// comments that begin with <c>;</c>, <c>//</c> or <c>/*</c> and go on to the end of the line; immediates in
/// hexadecimal. Slot numbers and opcode bytes of a dump are not needed; prototypes, being lines that end with
/// <c>):</c>, are skipped.
/// </summary>
public static class Assembler
{
    /// <summary>Never throws for bad text: the errors are in the result.</summary>
    /// <param name="names">Tells which <c>name#number</c> are named functions; without it only <c>kernel-function#…</c> is one.</param>
    public static AssemblerResult Assemble(string text, IInstructionNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var program = new Draft();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadLine(program, line, number, names);
        }

        program.ResolveLabels();
        return program.Errors.Count == 0
            ? new([.. program.Instructions], [])
            : new([], [.. program.Errors.OrderBy(error => error.Line)]);
    }

    internal static bool IsLabel(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0]))
        {
            return false;
        }

        foreach (char character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '.' or '$'))
            {
                return false;
            }
        }

        return true;
    }

    private static void ReadLine(Draft program, ReadOnlySpan<char> line, int number, IInstructionNames? names)
    {
        ReadOnlySpan<char> text = WithoutComment(line).TrimEnd();
        if (text.EndsWith("):") || IsOpcodeLine(text))
        {
            return;
        }

        int start = SkipSpace(text, 0);
        int colon = text.IndexOf(':');
        while (colon >= 0 && (IsLabel(text[start..colon]) || IsSlotNumber(text[start..colon])))
        {
            if (!IsSlotNumber(text[start..colon]))
            {
                program.Define(text[start..colon].ToString(), number, start + 1);
            }

            start = SkipSpace(text, colon + 1);
            int next = text[start..].IndexOf(':');
            colon = next < 0 ? -1 : start + next;
        }

        byte? opcode = OpcodePrefix(text[start..]);
        if (opcode is not null)
        {
            start = SkipSpace(text, start + 4);
        }

        if (start < text.Length)
        {
            ReadInstruction(program, text[start..], number, start + 1, opcode, names);
        }
    }

    private static void ReadInstruction(
        Draft program, ReadOnlySpan<char> text, int line, int column, byte? opcode, IInstructionNames? names)
    {
        AssemblerError? best = null;
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            // The opcode decides before the text does: bpftool prints some moves and wide loads alike.
            if (opcode is not null && row.Opcode != opcode && row.Shape != InstructionShape.Invalid)
            {
                continue;
            }

            var matcher = new SyntaxMatcher(text, row, names);
            if (matcher.Match())
            {
                program.Add(matcher.Instruction, matcher.Label, line, column);
                return;
            }

            if (best is null || column + matcher.Position > best.Column)
            {
                AssemblerErrorKind kind = matcher.IsOutOfRange ? AssemblerErrorKind.OutOfRange : AssemblerErrorKind.UnknownForm;
                best = new(kind, line, column + matcher.Position, matcher.Error!);
            }
        }

        program.Errors.Add(opcode is byte written && OpcodeOf(text, names) is byte actual && actual != written
            ? new(AssemblerErrorKind.OpcodeMismatch, line, column, $"'{text}' has opcode 0x{actual:x2}, expected 0x{written:x2} as written")
            : best!);
    }

    private static byte? OpcodeOf(ReadOnlySpan<char> text, IInstructionNames? names)
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            if (new SyntaxMatcher(text, row, names).Match())
            {
                return row.Opcode;
            }
        }

        return null;
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> line)
    {
        int end = line.IndexOfAny(';', '/');
        while (end >= 0 && line[end] == '/' && (end + 1 == line.Length || line[end + 1] is not ('/' or '*')))
        {
            int next = line[(end + 1)..].IndexOfAny(';', '/');
            end = next < 0 ? -1 : end + 1 + next;
        }

        return end < 0 ? line : line[..end];
    }

    private static int SkipSpace(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        return start;
    }

    private static bool IsSlotNumber(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static byte? OpcodePrefix(ReadOnlySpan<char> text) =>
        text.Length >= 4 && text[0] == '(' && text[3] == ')'
        && byte.TryParse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte opcode)
            ? opcode
            : null;

    // The second line of a dump with opcodes: 8 or 16 bytes in hexadecimal, which say nothing that the first does not.
    private static bool IsOpcodeLine(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> bytes = text.Trim();
        if (bytes.Length is not (8 * 3 - 1 or 16 * 3 - 1))
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (i % 3 == 2 ? bytes[i] != ' ' : !char.IsAsciiHexDigit(bytes[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What was read so far; labels are put in once all of them are known.</summary>
    private sealed class Draft
    {
        private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
        private readonly List<(int Slot, string Label, int Line, int Column)> _uses = [];

        internal List<Instruction> Instructions { get; } = [];

        internal List<AssemblerError> Errors { get; } = [];

        internal void Define(string label, int line, int column)
        {
            if (!_labels.TryAdd(label, Instructions.Count))
            {
                Errors.Add(new(AssemblerErrorKind.DuplicateLabel, line, column, $"label '{label}' is already defined"));
            }
        }

        internal void Add(in Instruction instruction, string? label, int line, int column)
        {
            if (label is not null)
            {
                _uses.Add((Instructions.Count, label, line, column));
            }

            Instructions.Add(instruction);
            if (instruction.Row.Shape == InstructionShape.LoadWide)
            {
                long second = (long)InstructionEncoder.EncodeSecond(instruction).Bits;
                Instructions.Add(new(Operation.Continuation, 0, 0, 0, second));
            }
        }

        internal void ResolveLabels()
        {
            foreach ((int slot, string label, int line, int column) in _uses)
            {
                if (!_labels.TryGetValue(label, out int target))
                {
                    Errors.Add(new(AssemblerErrorKind.UndefinedLabel, line, column, $"label '{label}' is not defined"));
                    continue;
                }

                int offset = target - slot - 1;
                bool isLong = Instructions[slot].Row.Immediate.Use == FieldUse.Branch;
                if (!isLong && offset is < short.MinValue or > short.MaxValue)
                {
                    Errors.Add(new(
                        AssemblerErrorKind.OutOfRange, line, column,
                        $"label '{label}' is {offset} slots away, expected {short.MinValue} to {short.MaxValue}"));
                    continue;
                }

                Instructions[slot] = Instructions[slot] with { Offset = offset };
            }
        }
    }
}
