using Skep.Isa;

namespace Skep.Core.Tests.Isa;

public sealed class RoundTripTests
{
    public static TheoryData<Operation> Operations => IsaSamples.Operations;

    [Theory]
    [MemberData(nameof(Operations))]
    public void Encoding_and_text_give_every_row_back(Operation operation)
    {
        foreach (Instruction[] expected in IsaSamples.Edges(OpcodeTable.Row(operation)))
        {
            RawInstruction[] raw = InstructionEncoder.Encode(expected);
            Assert.Equal(expected, InstructionDecoder.Decode(raw));
            Assert.Null(InstructionDecoder.Explain(raw, 0));

            AssertAssembles(expected, InstructionPrinter.Text(expected[0]));
            AssertAssembles(expected, InstructionPrinter.Line(expected[0], 123));
        }
    }

    [Fact]
    public void Any_bytes_decode_and_encode_to_themselves()
    {
        var random = new Random(9669);
        for (int round = 0; round < 2000; round++)
        {
            var raw = new RawInstruction[8];
            for (int slot = 0; slot < raw.Length; slot++)
            {
                // Few bits set, so that legal opcodes, wide loads and empty second slots are frequent.
                ulong opcode = (ulong)(random.Next(4) == 0 ? 0x18 : random.Next(256) * random.Next(2));
                raw[slot] = new((ulong)(random.NextInt64() & random.NextInt64() & random.NextInt64()) << 8 | opcode);
            }

            Instruction[] instructions = [.. InstructionDecoder.Decode(raw)];
            Assert.Equal(raw, InstructionEncoder.Encode(instructions));

            for (int slot = 0; slot < raw.Length; slot++)
            {
                Assert.Equal(instructions[slot].Operation == Operation.Invalid, InstructionDecoder.Explain(raw, slot) is not null);
            }

            var text = new StringWriter();
            InstructionPrinter.Print(text, instructions, new(Opcodes: true));
            AssemblerResult assembled = Assembler.Assemble(text.ToString());
            Assert.Empty(assembled.Errors);
            Assert.Equal(raw, InstructionEncoder.Encode(assembled.Instructions.AsSpan()));
        }
    }

    [Fact]
    public void Bytes_are_little_endian()
    {
        byte[] bytes = [0x63, 0x1a, 0xf8, 0xff, 0, 0, 0, 0, 0xb7, 0x02, 0, 0, 0x0e, 0, 0, 0x80];

        RawInstruction[] raw = RawInstruction.FromBytes(bytes);

        Assert.Equal(RawInstruction.Create(0x63, 10, 1, -8, 0), raw[0]);
        Assert.Equal(((byte)0xb7, (byte)2, (byte)0, (short)0, int.MinValue + 14),
            (raw[1].Opcode, raw[1].Destination, raw[1].Source, raw[1].Offset, raw[1].Immediate));
        Assert.Throws<ArgumentException>(() => RawInstruction.FromBytes(bytes.AsSpan(0, 9)));
    }

    [Theory]
    [InlineData(Operation.Add64Register, 11, 0, 0, 0)]
    [InlineData(Operation.Add64Register, 0, 11, 0, 0)]
    [InlineData(Operation.Load8, 0, 0, 32768, 0)]
    [InlineData(Operation.Jump, 0, 0, -32769, 0)]
    [InlineData(Operation.Move64Immediate, 0, 0, 0, 2147483648)]
    [InlineData(Operation.LoadImmediate64, 0, 0, 0, 0)]
    public void What_does_not_fit_is_misuse(Operation operation, byte destination, byte source, int offset, long immediate) =>
        Assert.Throws<ArgumentException>(() => InstructionEncoder.Encode([new(operation, destination, source, offset, immediate)]));

    private static void AssertAssembles(Instruction[] expected, string text)
    {
        AssemblerResult result = Assembler.Assemble(text);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, result.Instructions);
    }
}
