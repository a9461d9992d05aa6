using System.Collections.Immutable;
using System.Numerics;

namespace Skep.Isa;

/// <summary>
/// Raw slots to instructions. Any input decodes: what is unknown or malformed becomes <see cref="Operation.Invalid"/>
/// with its raw bits, so that the encoder gives back exactly what was read.
/// </summary>
public static class InstructionDecoder
{
    private static readonly ImmutableArray<InstructionField> FirstSlotFields =
        [InstructionField.Destination, InstructionField.Source, InstructionField.Offset, InstructionField.Immediate];

    private static readonly ImmutableArray<InstructionField> SecondSlotFields =
    [
        InstructionField.NextOpcode, InstructionField.NextDestination, InstructionField.NextSource,
        InstructionField.NextOffset, InstructionField.NextImmediate,
    ];

    /// <summary>
    /// One instruction a slot, so that slot numbers stay what they are: the second slot of a 64-bit immediate becomes
    /// <see cref="Operation.Continuation"/>.
    /// </summary>
    public static ImmutableArray<Instruction> Decode(ReadOnlySpan<RawInstruction> code)
    {
        var instructions = ImmutableArray.CreateBuilder<Instruction>(code.Length);
        for (int slot = 0; slot < code.Length; slot++)
        {
            instructions.Add(DecodeSlot(code, slot));
        }

        return instructions.MoveToImmutable();
    }

    /// <summary>The reason why a slot decodes to <see cref="Operation.Invalid"/>; null where it does not.</summary>
    public static DecodeProblem? Explain(ReadOnlySpan<RawInstruction> code, int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, code.Length);
        if (IsContinuation(code, slot))
        {
            return null;
        }

        Match(code, slot, out DecodeProblem? problem);
        return problem;
    }

    private static Instruction DecodeSlot(ReadOnlySpan<RawInstruction> code, int slot)
    {
        RawInstruction raw = code[slot];
        if (IsContinuation(code, slot))
        {
            return new(Operation.Continuation, 0, 0, 0, (long)raw.Bits);
        }

        OpcodeRow? row = Match(code, slot, out _);
        if (row is null)
        {
            return new(Operation.Invalid, 0, 0, 0, (long)raw.Bits);
        }

        return new(
            row.Operation,
            row.Destination.Use == FieldUse.Register ? raw.Destination : (byte)0,
            row.Source.Use == FieldUse.Register ? raw.Source : (byte)0,
            Displacement(row, raw),
            Immediate(row, code, slot));
    }

    // A slot with opcode 0 after a wide load belongs to it even where the load is malformed: one mistake, one finding.
    // It needs no look further back, because a continuation, having opcode 0, is itself no wide load.
    private static bool IsContinuation(ReadOnlySpan<RawInstruction> code, int slot) =>
        slot > 0 && code[slot].Opcode == 0 && code[slot - 1].Opcode == OpcodeRowShapes.WideOpcode;

    private static int Displacement(OpcodeRow row, RawInstruction raw)
    {
        if (row.Immediate.Use == FieldUse.Branch)
        {
            return raw.Immediate;
        }

        return row.Offset.Use is FieldUse.Operand or FieldUse.Branch ? raw.Offset : 0;
    }

    private static long Immediate(OpcodeRow row, ReadOnlySpan<RawInstruction> code, int slot)
    {
        if (row.Shape == InstructionShape.LoadWide)
        {
            return (long)code[slot + 1].Immediate << 32 | (uint)code[slot].Immediate;
        }

        return row.Immediate.Use == FieldUse.Operand ? code[slot].Immediate : 0;
    }

    private static OpcodeRow? Match(ReadOnlySpan<RawInstruction> code, int slot, out DecodeProblem? problem)
    {
        RawInstruction raw = code[slot];
        ImmutableArray<OpcodeRow> rows = OpcodeTable.WithOpcode(raw.Opcode);
        if (rows.IsEmpty)
        {
            problem = new(DecodeProblemKind.UnknownOpcode, slot, InstructionField.Opcode, raw.Opcode, []);
            return null;
        }

        uint candidates = (1u << rows.Length) - 1;
        foreach (InstructionField field in FirstSlotFields)
        {
            uint matching = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                matching |= (candidates & 1u << i) != 0 && rows[i].Rule(field).Allows(Value(raw, field)) ? 1u << i : 0;
            }

            if (matching == 0)
            {
                problem = Refused(rows, candidates, slot, field, Value(raw, field));
                return null;
            }

            candidates = matching;
        }

        OpcodeRow row = rows[BitOperations.TrailingZeroCount(candidates)];
        problem = row.Shape == InstructionShape.LoadWide ? SecondSlotProblem(row, code, slot) : null;
        return problem is null ? row : null;
    }

    private static DecodeProblem Refused(
        ImmutableArray<OpcodeRow> rows, uint candidates, int slot, InstructionField field, int actual)
    {
        FieldRule[] rules = [.. rows.Where((_, i) => (candidates & 1u << i) != 0).Select(row => row.Rule(field))];
        return rules.Any(rule => rule.Use == FieldUse.Register)
            ? new(DecodeProblemKind.RegisterOutOfRange, slot, field, actual, [.. Enumerable.Range(0, Registers.Count)])
            : new(DecodeProblemKind.ReservedField, slot, field, actual, [.. rules.Select(rule => rule.Value).Distinct().Order()]);
    }

    private static DecodeProblem? SecondSlotProblem(OpcodeRow row, ReadOnlySpan<RawInstruction> code, int slot)
    {
        if (slot + 1 >= code.Length)
        {
            return new(DecodeProblemKind.TruncatedWideImmediate, slot, InstructionField.NextOpcode, 1, [2]);
        }

        RawInstruction next = code[slot + 1];
        foreach (InstructionField field in SecondSlotFields)
        {
            FieldRule rule = row.Rule(field);
            int actual = Value(next, field);
            if (!rule.Allows(actual))
            {
                return new(DecodeProblemKind.MalformedWideImmediate, slot, field, actual, [rule.Value]);
            }
        }

        return null;
    }

    private static int Value(RawInstruction raw, InstructionField field) => field switch
    {
        InstructionField.Opcode or InstructionField.NextOpcode => raw.Opcode,
        InstructionField.Destination or InstructionField.NextDestination => raw.Destination,
        InstructionField.Source or InstructionField.NextSource => raw.Source,
        InstructionField.Offset or InstructionField.NextOffset => raw.Offset,
        _ => raw.Immediate,
    };
}
