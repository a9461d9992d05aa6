using System.Globalization;
using Skep.Cli.Disassembly;

namespace Skep.Cli.Tests;

/// <summary>Machine code as text; the expected texts are LLVM's, which agreed on 30,000 random words of these groups.</summary>
public class DisassemblyTests
{
    [Theory]
    [InlineData("9100a3ff", "add sp, sp, #40")]
    [InlineData("910003fd", "mov x29, sp")]
    [InlineData("f100041f", "cmp x0, #1")]
    [InlineData("d2800420", "mov x0, #33")]
    [InlineData("f2a24680", "movk x0, #4660, lsl #16")]
    [InlineData("92800000", "mov x0, #-1")]
    [InlineData("92401c20", "and x0, x1, #0xff")]
    [InlineData("b200c3e0", "mov x0, #72340172838076673")]
    [InlineData("10000080", "adr x0, 0x10")]
    [InlineData("d3780c20", "ubfiz x0, x1, #8, #4")]
    [InlineData("d37cec20", "lsl x0, x1, #4")]
    [InlineData("d344fc20", "lsr x0, x1, #4")]
    [InlineData("93407c20", "sxtw x0, w1")]
    [InlineData("93c11020", "ror x0, x1, #4")]
    [InlineData("aa0103e0", "mov x0, x1")]
    [InlineData("aa2103e0", "mvn x0, x1")]
    [InlineData("8b020420", "add x0, x1, x2, lsl #1")]
    [InlineData("8b22c020", "add x0, x1, w2, sxtw")]
    [InlineData("cb0103e0", "neg x0, x1")]
    [InlineData("9ac20820", "udiv x0, x1, x2")]
    [InlineData("9b028c20", "msub x0, x1, x2, x3")]
    [InlineData("9bc27c20", "umulh x0, x1, x2")]
    [InlineData("9a9f17e0", "cset x0, eq")]
    [InlineData("fa411820", "ccmp x1, #1, #0, ne")]
    [InlineData("dac00c20", "rev x0, x1")]
    [InlineData("dac01020", "clz x0, x1")]
    [InlineData("a9bf7bfd", "stp x29, x30, [sp, #-16]!")]
    [InlineData("a8c17bfd", "ldp x29, x30, [sp], #16")]
    [InlineData("f9400420", "ldr x0, [x1, #8]")]
    [InlineData("f85f8020", "ldur x0, [x1, #-8]")]
    [InlineData("39800020", "ldrsb x0, [x1]")]
    [InlineData("b8627820", "ldr w0, [x1, x2, lsl #2]")]
    [InlineData("f8a10020", "ldadda x1, x0, [x1]")]
    [InlineData("f8e10002", "ldaddal x1, x2, [x0]")]
    [InlineData("c8e0fc41", "casal x0, x1, [x2]")]
    [InlineData("c85f7c20", "ldxr x0, [x1]")]
    [InlineData("c802fc20", "stlxr w2, x0, [x1]")]
    [InlineData("14000002", "b 0x8")]
    [InlineData("54000040", "b.eq 0x8")]
    [InlineData("b4000040", "cbz x0, 0x8")]
    [InlineData("b7400040", "tbnz x0, #40, 0x8")]
    [InlineData("d63f0200", "blr x16")]
    [InlineData("d65f03c0", "ret")]
    [InlineData("d503201f", "nop")]
    [InlineData("d503245f", "bti c")]
    [InlineData("d5033bbf", "dmb ish")]
    [InlineData("6f00e400", "movi v0.2d, #0")]
    [InlineData("4e20a800", ".inst 0x4e20a800")]
    public void Arm64_reads_as_its_manual_writes(string word, string expected)
    {
        byte[] code = BitConverter.GetBytes(uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

        MachineInstruction instruction = Assert.Single(new Arm64Disassembler().Disassemble(code));
        Assert.Equal(expected, $"{instruction.Operation} {instruction.Operands}".TrimEnd());
    }

    [Fact]
    public void Whatever_the_bytes_are_all_of_them_are_shown_once()
    {
        var random = new Random(20);
        byte[] code = new byte[4097];
        random.NextBytes(code);
        IDisassembler[] all = [new X64Disassembler(), new Arm64Disassembler(), new WordDisassembler(".inst"), new ByteDisassembler()];
        foreach (IDisassembler disassembler in all)
        {
            int end = 0;
            foreach (MachineInstruction instruction in disassembler.Disassemble(code))
            {
                Assert.Equal(end, instruction.Offset);
                Assert.True(instruction.Length > 0);
                Assert.NotEmpty(instruction.Operation);
                end += instruction.Length;
            }

            Assert.Equal(code.Length, end);
        }
    }
}
