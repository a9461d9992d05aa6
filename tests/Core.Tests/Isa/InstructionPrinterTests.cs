using Skep.Isa;

namespace Skep.Core.Tests.Isa;

public sealed class InstructionPrinterTests
{
    private const string HelloWorld = """
           0: (b7) r1 = 33                  /* ! */
           1: (6b) *(u16 *)(r10 -4) = r1
           2: (b7) r1 = 1684828783          /* dlro */
           3: (63) *(u32 *)(r10 -8) = r1
           4: (18) r1 = 0x57202c6f6c6c6548  /* W ,olleH */
           6: (7b) *(u64 *)(r10 -16) = r1
           7: (bf) r1 = r10
           8: (07) r1 += -16
           9: (b7) r2 = 14
          10: (85) call bpf_trace_printk#6
          11: (b7) r0 = 0
          12: (95) exit

        """;

    // As clang emits it: what the object file has, 8 bytes a slot.
    private static readonly RawInstruction[] HelloWorldCode =
    [
        RawInstruction.Create(0xb7, 1, 0, 0, 33),
        RawInstruction.Create(0x6b, 10, 1, -4, 0),
        RawInstruction.Create(0xb7, 1, 0, 0, 1684828783),
        RawInstruction.Create(0x63, 10, 1, -8, 0),
        RawInstruction.Create(0x18, 1, 0, 0, 0x6c6c6548),
        RawInstruction.Create(0, 0, 0, 0, 0x57202c6f),
        RawInstruction.Create(0x7b, 10, 1, -16, 0),
        RawInstruction.Create(0xbf, 1, 10, 0, 0),
        RawInstruction.Create(0x07, 1, 0, 0, -16),
        RawInstruction.Create(0xb7, 2, 0, 0, 14),
        RawInstruction.Create(0x85, 0, 0, 0, 6),
        RawInstruction.Create(0xb7, 0, 0, 0, 0),
        RawInstruction.Create(0x95, 0, 0, 0, 0),
    ];

    [Fact]
    public void Hello_world() => Assert.Equal(HelloWorld, Print(HelloWorldCode, new(Names: new Names())));

    [Fact]
    public void Plain_has_no_characters_and_no_spaces_at_the_end_of_a_line()
    {
        string plain = Print(HelloWorldCode, new(Plain: true, Names: new Names()));

        Assert.Equal(
            HelloWorld.Split('\n').Select(line => line.Split("  /*")[0].TrimEnd()),
            plain.Split('\n'));
    }

    [Fact]
    public void Opcodes_are_a_second_line() => Assert.Equal(
        """
           0: (18) r1 = 0x57202c6f6c6c6548
               18 01 00 00 48 65 6c 6c 00 00 00 00 6f 2c 20 57
           2: (63) *(u32 *)(r10 -8) = r1
               63 1a f8 ff 00 00 00 00

        """,
        Print([HelloWorldCode[4], HelloWorldCode[5], HelloWorldCode[3]], new(Plain: true, Opcodes: true)));

    // opcode, destination, source, offset, immediate, immediate of the second slot, text of kernel/bpf/disasm.c
    [Theory]
    [InlineData(0x07, 1, 0, 0, -16, 0, "r1 += -16")]
    [InlineData(0x04, 1, 0, 0, int.MinValue, 0, "w1 += -2147483648")]
    [InlineData(0x0f, 1, 2, 0, 0, 0, "r1 += r2")]
    [InlineData(0x1c, 1, 2, 0, 0, 0, "w1 -= w2")]
    [InlineData(0x37, 1, 0, 1, 3, 0, "r1 s/= 3")]
    [InlineData(0x9c, 1, 2, 1, 0, 0, "w1 s%= w2")]
    [InlineData(0x97, 1, 0, 0, 7, 0, "r1 %= 7")]
    [InlineData(0xc7, 1, 0, 0, 63, 0, "r1 s>>= 63")]
    [InlineData(0x87, 1, 0, 0, 0, 0, "r1 = -r1")]
    [InlineData(0x84, 10, 0, 0, 0, 0, "w10 = -w10")]
    [InlineData(0xbc, 1, 2, 0, 0, 0, "w1 = w2")]
    [InlineData(0xbc, 1, 2, 8, 0, 0, "w1 = (s8)w2")]
    [InlineData(0xbf, 1, 2, 32, 0, 0, "r1 = (s32)r2")]
    [InlineData(0xd4, 1, 0, 0, 16, 0, "r1 = le16 r1")]
    [InlineData(0xdc, 1, 0, 0, 64, 0, "r1 = be64 r1")]
    [InlineData(0xd7, 1, 0, 0, 32, 0, "r1 = bswap32 r1")]
    [InlineData(0x18, 1, 0, 0, -1, 1, "r1 = 0x1ffffffff")]
    [InlineData(0x18, 1, 1, 0, 12, 0, "r1 = map[id:12]")]
    [InlineData(0x18, 1, 2, 0, 12, 8, "r1 = map[id:12][0]+8")]
    [InlineData(0x18, 1, 3, 0, 4711, 0, "r1 = btf[id:4711][obj:0]")]
    [InlineData(0x18, 1, 4, 0, 5, 0, "r1 = subprog[+5]")]
    [InlineData(0x18, 1, 5, 0, 2, 0, "r1 = map[idx:2]")]
    [InlineData(0x18, 1, 6, 0, 2, 16, "r1 = map[idx:2]+16")]
    [InlineData(0x30, 0, 0, 0, 23, 0, "r0 = *(u8 *)skb[23]")]
    [InlineData(0x48, 0, 7, 0, -2, 0, "r0 = *(u16 *)skb[r7 + -2]")]
    [InlineData(0x71, 1, 2, 0, 0, 0, "r1 = *(u8 *)(r2 +0)")]
    [InlineData(0x79, 1, 10, -512, 0, 0, "r1 = *(u64 *)(r10 -512)")]
    [InlineData(0x89, 1, 2, 4, 0, 0, "r1 = *(s16 *)(r2 +4)")]
    [InlineData(0x62, 10, 0, -4, -1, 0, "*(u32 *)(r10 -4) = -1")]
    [InlineData(0x7b, 10, 1, -8, 0, 0, "*(u64 *)(r10 -8) = r1")]
    [InlineData(0xc3, 1, 2, 4, 0x00, 0, "lock *(u32 *)(r1 +4) += r2")]
    [InlineData(0xdb, 1, 2, 4, 0xa0, 0, "lock *(u64 *)(r1 +4) ^= r2")]
    [InlineData(0xc3, 1, 2, 4, 0x41, 0, "r2 = atomic_fetch_or((u32 *)(r1 +4), r2)")]
    [InlineData(0xdb, 1, 2, 4, 0x51, 0, "r2 = atomic64_fetch_and((u64 *)(r1 +4), r2)")]
    [InlineData(0xdb, 1, 2, 4, 0xe1, 0, "r2 = atomic64_xchg((u64 *)(r1 +4), r2)")]
    [InlineData(0xc3, 1, 2, 4, 0xf1, 0, "r0 = atomic_cmpxchg((u32 *)(r1 +4), r0, r2)")]
    [InlineData(0xd3, 1, 2, 4, 0x100, 0, "r1 = load_acquire((u8 *)(r2 +4))")]
    [InlineData(0xcb, 1, 2, 4, 0x110, 0, "store_release((u16 *)(r1 +4), r2)")]
    [InlineData(0x05, 0, 0, -3, 0, 0, "goto pc-3")]
    [InlineData(0x06, 0, 0, 0, 70000, 0, "gotol pc+70000")]
    [InlineData(0xe5, 0, 0, 2, 0, 0, "may_goto pc+2")]
    [InlineData(0x15, 1, 0, 2, -1, 0, "if r1 == 0xffffffff goto pc+2")]
    [InlineData(0x46, 1, 0, 0, 255, 0, "if w1 & 0xff goto pc+0")]
    [InlineData(0xdd, 1, 2, 2, 0, 0, "if r1 s<= r2 goto pc+2")]
    [InlineData(0x2e, 1, 2, 2, 0, 0, "if w1 > w2 goto pc+2")]
    [InlineData(0x85, 0, 0, 0, 6, 0, "call unknown#6")]
    [InlineData(0x85, 0, 1, 0, 3, 0, "call pc+3")]
    [InlineData(0x85, 0, 2, 0, 99, 0, "call kernel-function#99")]
    [InlineData(0x8d, 4, 0, 0, 0, 0, "callx r4")]
    [InlineData(0x95, 0, 0, 0, 0, 0, "exit")]
    [InlineData(0xff, 1, 2, 3, 4, 0, "invalid 0x4000321ff")]
    public void Texts(byte opcode, byte destination, byte source, short offset, int immediate, int next, string expected)
    {
        RawInstruction[] raw =
            [RawInstruction.Create(opcode, destination, source, offset, immediate), RawInstruction.Create(0, 0, 0, 0, next)];

        Instruction instruction = InstructionDecoder.Decode(raw)[0];

        Assert.Equal(expected, InstructionPrinter.Text(instruction));
        Assert.Equal($"   7: ({opcode:x2}) {expected}", InstructionPrinter.Line(instruction, 7, new(Plain: true)));
    }

    [Fact]
    public void Names_replace_numbers()
    {
        var names = new Names();
        Assert.Equal("call bpf_trace_printk#6", InstructionPrinter.Text(new(Operation.CallHelper, 0, 0, 0, 6), 0, names));
        Assert.Equal("call acme_lookup#99", InstructionPrinter.Text(new(Operation.CallNamed, 0, 0, 0, 99), 0, names));
        Assert.Equal("call pc+3#worker", InstructionPrinter.Text(new(Operation.CallLocal, 0, 0, 3, 0), 6, names));
        Assert.Equal("call pc-8", InstructionPrinter.Text(new(Operation.CallLocal, 0, 0, -8, 0), 6, names));
        Assert.Equal("r1 = map[id:77]", InstructionPrinter.Text(new(Operation.LoadMapByDescriptor, 1, 0, 0, 12), 0, names));
        Assert.Equal("r1 = 0xc", InstructionPrinter.Text(new(Operation.LoadImmediate64, 1, 0, 0, 12), 0, names));
    }

    [Fact]
    public void Slot_numbers_are_four_wide() =>
        Assert.Equal("12345: (95) exit", InstructionPrinter.Line(new(Operation.Exit, 0, 0, 0, 0), 12345));

    [Theory]
    [InlineData("r1 = 32", "   0: (b7) r1 = 32                  /*   */")]
    [InlineData("w1 = 126", "   0: (b4) w1 = 126                 /* ~ */")]
    [InlineData("r1 = 31", null)]
    [InlineData("r1 = 127", null)]
    [InlineData("r1 = 0", null)]
    [InlineData("r1 = -1", null)]
    [InlineData("r1 = 16640", null)] // 0x4100: a zero below a letter
    [InlineData("r1 = 65601", null)] // 0x010041
    [InlineData("r1 += 33", null)]
    [InlineData("if r1 == 0x21 goto pc+0", null)]
    [InlineData("r1 = map[id:33]", null)]
    [InlineData("*(u16 *)(r10 -2) = 16961", "   0: (6a) *(u16 *)(r10 -2) = 16961 /* BA */")]
    public void Character_comments(string text, string? expected)
    {
        Instruction instruction = Assembler.Assemble(text).Instructions[0];
        string plain = InstructionPrinter.Line(instruction, 0, new(Plain: true));

        Assert.Equal(expected ?? plain, InstructionPrinter.Line(instruction, 0));
    }

    private static string Print(RawInstruction[] code, PrinterOptions options)
    {
        var text = new StringWriter();
        InstructionPrinter.Print(text, InstructionDecoder.Decode(code).AsSpan(), options);
        return text.ToString();
    }

    private sealed class Names : IInstructionNames
    {
        public string? HelperName(int number) => number == 6 ? "bpf_trace_printk" : null;

        public string? NamedFunctionName(int id) => id == 99 ? "acme_lookup" : null;

        public string? LocalFunctionName(int entrySlot) => entrySlot == 10 ? "worker" : null;

        public string? WideOperand(in Instruction instruction) =>
            instruction.Operation == Operation.LoadMapByDescriptor ? "map[id:77]" : null;
    }
}
