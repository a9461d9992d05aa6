using Skep.Isa;

namespace Skep.Core.Tests.Isa;

public sealed class InstructionDecoderTests
{
    private static readonly InstructionField[] FirstSlot =
        [InstructionField.Destination, InstructionField.Source, InstructionField.Offset, InstructionField.Immediate];

    public static TheoryData<Operation> Operations => IsaSamples.Operations;

    public static TheoryData<Operation> WideOperations =>
        new(IsaSamples.RealRows.Where(row => row.Shape == InstructionShape.LoadWide).Select(row => row.Operation));

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_illegal_field_of_a_row_is_explained(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        foreach (InstructionField field in FirstSlot)
        {
            int[] legal = [.. OpcodeTable.WithOpcode(row.Opcode).Select(other => other.Rule(field).Value).Distinct().Order()];
            FieldRule rule = row.Rule(field);
            if (rule.Use is FieldUse.Operand or FieldUse.Branch)
            {
                continue;
            }

            int[] candidates = field is InstructionField.Destination or InstructionField.Source ? [1, 2, 9, 11, 15] : [-1, 1, 2, 64, 0x77, 0x7000];
            foreach (int actual in candidates.Where(value => rule.Use == FieldUse.Register ? value > 10 : !legal.Contains(value)))
            {
                RawInstruction[] raw = With(row, field, actual);

                Assert.Equal(new(Operation.Invalid, 0, 0, 0, (long)raw[0].Bits), InstructionDecoder.Decode(raw)[0]);
                DecodeProblem problem = InstructionDecoder.Explain(raw, 0)!;
                Assert.Equal((field, (long)actual, 0), (problem.Field, problem.Actual, problem.Slot));
                Assert.Equal(
                    rule.Use == FieldUse.Register ? DecodeProblemKind.RegisterOutOfRange : DecodeProblemKind.ReservedField,
                    problem.Kind);
                Assert.Equal(rule.Use == FieldUse.Register ? Enumerable.Range(0, 11) : legal, problem.Expected);
            }
        }
    }

    [Fact]
    public void Every_opcode_byte_without_a_row_is_unknown()
    {
        int unknown = 0;
        for (int opcode = 0; opcode < 256; opcode++)
        {
            RawInstruction[] raw = [RawInstruction.Create((byte)opcode, 0, 0, 0, 0)];
            if (IsaSamples.RealRows.All(row => row.Opcode != opcode))
            {
                unknown++;
                Assert.Equal(Operation.Invalid, InstructionDecoder.Decode(raw)[0].Operation);
                Assert.Equal(DecodeProblemKind.UnknownOpcode, InstructionDecoder.Explain(raw, 0)!.Kind);
            }
        }

        Assert.Equal(256 - IsaSamples.RealRows.Select(row => row.Opcode).Distinct().Count(), unknown);
    }

    [Theory]
    [MemberData(nameof(WideOperations))]
    public void The_second_slot_of_a_wide_load_has_only_an_immediate(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        RawInstruction first = With(row, InstructionField.Destination, 1)[0];

        AssertSecond(first, RawInstruction.Create(0, 5, 0, 0, 0), InstructionField.NextDestination, 5, isOwned: true);
        AssertSecond(first, RawInstruction.Create(0, 0, 6, 0, 0), InstructionField.NextSource, 6, isOwned: true);
        AssertSecond(first, RawInstruction.Create(0, 0, 0, -7, 0), InstructionField.NextOffset, -7, isOwned: true);
        AssertSecond(first, RawInstruction.Create(0xb7, 0, 0, 0, 0), InstructionField.NextOpcode, 0xb7, isOwned: false);
        if (row.NextImmediate.Use == FieldUse.Fixed)
        {
            AssertSecond(first, RawInstruction.Create(0, 0, 0, 0, 8), InstructionField.NextImmediate, 8, isOwned: true);
        }
    }

    [Fact]
    public void A_wide_load_in_the_last_slot_is_truncated()
    {
        RawInstruction[] raw = [RawInstruction.Create(0x18, 1, 0, 0, 0)];

        Assert.Equal(Operation.Invalid, InstructionDecoder.Decode(raw)[0].Operation);
        Assert.Equal(DecodeProblemKind.TruncatedWideImmediate, InstructionDecoder.Explain(raw, 0)!.Kind);
    }

    [Theory]
    [InlineData(0x00, 0, 0, 0, 0, "opcode 0x00 is unknown")]
    [InlineData(0xb7, 11, 0, 0, 0, "destination register is r11, expected r0 to r10")]
    [InlineData(0xb7, 0, 1, 0, 0, "source register is 1, expected 0")]
    [InlineData(0x85, 0, 3, 0, 0, "source register is 3, expected 0, 1 or 2")]
    [InlineData(0x37, 0, 0, 2, 0, "offset is 2, expected 0 or 1")]
    [InlineData(0xbf, 0, 0, 24, 0, "offset is 24, expected 0, 8, 16 or 32")]
    [InlineData(0xd4, 0, 0, 0, 8, "immediate is 8, expected 16, 32 or 64")]
    [InlineData(0xc3, 0, 0, 0, 2, "immediate is 2, expected 0, 1, 64, 65, 80, 81, 160, 161, 225, 241, 256 or 272")]
    [InlineData(0x18, 0, 0, 0, 0, "64-bit immediate has 1 slot, expected 2")]
    public void Messages(byte opcode, byte destination, byte source, short offset, int immediate, string expected) =>
        Assert.Equal(
            expected,
            InstructionDecoder.Explain([RawInstruction.Create(opcode, destination, source, offset, immediate)], 0)!.Message);

    [Fact]
    public void Explain_of_a_slot_outside_is_misuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InstructionDecoder.Explain([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => InstructionDecoder.Explain([default], -1));
    }

    private static void AssertSecond(RawInstruction first, RawInstruction second, InstructionField field, int actual, bool isOwned)
    {
        RawInstruction[] raw = [first, second];
        var instructions = InstructionDecoder.Decode(raw);
        DecodeProblem problem = InstructionDecoder.Explain(raw, 0)!;

        Assert.Equal(Operation.Invalid, instructions[0].Operation);
        Assert.Equal(isOwned ? Operation.Continuation : Operation.Move64Immediate, instructions[1].Operation);
        Assert.Equal((DecodeProblemKind.MalformedWideImmediate, field, (long)actual), (problem.Kind, problem.Field, problem.Actual));
        Assert.Equal([0], problem.Expected);
        Assert.Null(InstructionDecoder.Explain(raw, 1));
        Assert.Equal(raw, InstructionEncoder.Encode(instructions.AsSpan()));
    }

    private static RawInstruction[] With(OpcodeRow row, InstructionField field, int value) =>
    [
        RawInstruction.Create(
            row.Opcode,
            (byte)(field == InstructionField.Destination ? value : row.Destination.Value),
            (byte)(field == InstructionField.Source ? value : row.Source.Value),
            (short)(field == InstructionField.Offset ? value : row.Offset.Value),
            field == InstructionField.Immediate ? value : row.Immediate.Value),
        default,
    ];
}
