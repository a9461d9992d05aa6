using System.Globalization;

namespace Skep.Isa;

/// <summary>Instructions to raw slots: the inverse of <see cref="InstructionDecoder.Decode"/>.</summary>
public static class InstructionEncoder
{
    /// <summary>
    /// One slot an instruction. A 64-bit immediate fills its own slot and the one of the
    /// <see cref="Operation.Continuation"/> that must follow; other continuations give their raw bits.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A register is above 10, a displacement or an immediate does not fit its field, or a 64-bit immediate has no
    /// continuation. The message names the slot.
    /// </exception>
    public static RawInstruction[] Encode(ReadOnlySpan<Instruction> instructions)
    {
        var code = new RawInstruction[instructions.Length];
        for (int slot = 0; slot < instructions.Length; slot++)
        {
            Instruction instruction = instructions[slot];
            code[slot] = EncodeFirst(instruction, slot);
            if (instruction.Row.Shape == InstructionShape.LoadWide)
            {
                if (slot + 1 >= instructions.Length || instructions[slot + 1].Operation != Operation.Continuation)
                {
                    throw Misuse(slot, "a 64-bit immediate must be followed by a continuation");
                }

                code[++slot] = EncodeSecond(instruction);
            }
        }

        return code;
    }

    /// <summary>The first slot of one instruction, without a look at what follows.</summary>
    /// <param name="slot">Only used to name the place in the message.</param>
    /// <exception cref="ArgumentException">As for <see cref="Encode"/>.</exception>
    public static RawInstruction EncodeFirst(in Instruction instruction, int slot = 0)
    {
        OpcodeRow row = instruction.Row;
        if (row.Shape is InstructionShape.Invalid or InstructionShape.Continuation)
        {
            return new((ulong)instruction.Immediate);
        }

        return RawInstruction.Create(
            row.Opcode,
            RegisterOrFixed(row.Destination, instruction.Destination, slot),
            RegisterOrFixed(row.Source, instruction.Source, slot),
            Offset(row, instruction, slot),
            Immediate(row, instruction, slot));
    }

    /// <summary>The second slot of a 64-bit immediate.</summary>
    public static RawInstruction EncodeSecond(in Instruction instruction) =>
        RawInstruction.Create(0, 0, 0, 0, instruction.HighImmediate);

    private static byte RegisterOrFixed(FieldRule rule, byte register, int slot)
    {
        if (rule.Use == FieldUse.Fixed)
        {
            return (byte)rule.Value;
        }

        return rule.Allows(register)
            ? register
            : throw Misuse(slot, string.Create(CultureInfo.InvariantCulture, $"register is {register}, expected 0 to 10"));
    }

    private static short Offset(OpcodeRow row, in Instruction instruction, int slot)
    {
        if (row.Offset.Use == FieldUse.Fixed)
        {
            return (short)row.Offset.Value;
        }

        return instruction.Offset is >= short.MinValue and <= short.MaxValue
            ? (short)instruction.Offset
            : throw Misuse(slot, string.Create(
                CultureInfo.InvariantCulture,
                $"offset is {instruction.Offset}, expected {short.MinValue} to {short.MaxValue}"));
    }

    private static int Immediate(OpcodeRow row, in Instruction instruction, int slot)
    {
        switch (row.Immediate.Use)
        {
            case FieldUse.Fixed:
                return row.Immediate.Value;
            case FieldUse.Branch:
                return instruction.Offset;
            default:
                if (row.Shape != InstructionShape.LoadWide && instruction.Immediate != (int)instruction.Immediate)
                {
                    throw Misuse(slot, string.Create(
                        CultureInfo.InvariantCulture,
                        $"immediate is {instruction.Immediate}, expected {int.MinValue} to {int.MaxValue}"));
                }

                return (int)instruction.Immediate;
        }
    }

    private static ArgumentException Misuse(int slot, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Instruction {slot}: {what}."));
}
