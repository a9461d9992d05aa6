using Skep.Isa;

namespace Skep.Core.Tests.Isa;

public sealed class AssemblerTests
{
    [Fact]
    public void A_dump_can_be_pasted_back()
    {
        AssemblerResult result = Assembler.Assemble("""
            int hello_world(void * ctx):
            ; int hello_world(void *ctx)
               0: (b7) r1 = 33                  /* ! */
                   b7 01 00 00 21 00 00 00
            ; ({ char _fmt[] = "Hello, World!"; bpf_trace_printk_(_fmt, sizeof(_fmt)); });
               1: (6b) *(u16 *)(r10 -4) = r1
               2: (18) r1 = 0x57202c6f6c6c6548  /* W ,olleH */
                   18 01 00 00 48 65 6c 6c 00 00 00 00 6f 2c 20 57
            ;
               4: (85) call bpf_trace_printk#6
               5: (95) exit
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            [
                Operation.Move64Immediate, Operation.StoreRegister16, Operation.LoadImmediate64, Operation.Continuation,
                Operation.CallHelper, Operation.Exit,
            ],
            result.Instructions.Select(instruction => instruction.Operation));
    }

    [Fact]
    public void Labels_become_displacements_and_wide_loads_count_twice()
    {
        AssemblerResult result = Assembler.Assemble("""
            start:              // a loop
                if r1 == 0 goto done
                r2 = 0x10
                call worker
                gotol start
            done: exit          ; nothing to do
            worker:
                may_goto done
                exit
            """);

        Assert.Empty(result.Errors);
        Assert.Equal([4, 0, 0, 2, -5, 0, -2, 0], result.Instructions.Select(instruction => instruction.Offset));
        Assert.Equal(Operation.CallLocal, result.Instructions[3].Operation);
    }

    [Theory]
    [InlineData("r1 = 16", Operation.Move64Immediate, 16)]
    [InlineData("r1 = 0x10", Operation.LoadImmediate64, 16)]
    [InlineData("(b7) r1 = 0x10", Operation.Move64Immediate, 16)]
    [InlineData("w1 = 4294967295", Operation.Move32Immediate, -1)]
    [InlineData("if r1 > -1 goto pc+0", Operation.JumpGreaterThan64Immediate, -1)]
    [InlineData("  r1   &=   0xf ", Operation.And64Immediate, 15)]
    public void Numbers(string text, Operation operation, long immediate) =>
        Assert.Equal([(operation, immediate)], Assembler.Assemble(text).Instructions.Take(1).Select(i => (i.Operation, i.Immediate)));

    [Fact]
    public void Names_tell_helpers_from_named_functions()
    {
        const string Text = "call acme_lookup#99";

        Assert.Equal(Operation.CallHelper, Assembler.Assemble(Text).Instructions[0].Operation);
        Assert.Equal(Operation.CallNamed, Assembler.Assemble(Text, new Names()).Instructions[0].Operation);
        Assert.Equal(Operation.CallLocal, Assembler.Assemble("call pc+1#acme_lookup").Instructions[0].Operation);
    }

    [Fact]
    public void Empty_text_is_an_empty_program()
    {
        AssemblerResult result = Assembler.Assemble("\n  \n; nothing\n/* nothing */\n");

        Assert.True(result.Succeeded);
        Assert.Empty(result.Instructions);
    }

    [Theory]
    [InlineData("r1 + 2", AssemblerErrorKind.UnknownForm, 1, 5, "' 2' is not understood, expected '='")]
    [InlineData("exit\n\nr1 =", AssemblerErrorKind.UnknownForm, 3, 5, "the end of the line is not understood, expected a space")]
    [InlineData("exit now", AssemblerErrorKind.UnknownForm, 1, 5, "' now' is not understood, expected the end of the instruction")]
    [InlineData("r11 = r1", AssemblerErrorKind.OutOfRange, 1, 4, "register is 11, expected 0 to 10")]
    [InlineData("r1 = be16 r2", AssemblerErrorKind.OutOfRange, 1, 13, "register is 2, expected 1 again")]
    [InlineData("r1 = 2147483648", AssemblerErrorKind.OutOfRange, 1, 16, "number is 2147483648, expected -2147483648 to 2147483647")]
    [InlineData("r1 = 0x10000000000000000", AssemblerErrorKind.OutOfRange, 1, 25, "number is wider than 64 bits")]
    [InlineData("r1 = *(u8 *)(r2 +40000)", AssemblerErrorKind.OutOfRange, 1, 23, "number is +40000, expected -32768 to 32767")]
    [InlineData("r1 = *(u8 *)(r2 0)", AssemblerErrorKind.UnknownForm, 1, 17, "'0)' is not understood, expected '+' or '-'")]
    [InlineData("goto pc+32768", AssemblerErrorKind.OutOfRange, 1, 14, "number is +32768, expected -32768 to 32767")]
    [InlineData("(18) r1 = 5", AssemblerErrorKind.OpcodeMismatch, 1, 6, "'r1 = 5' has opcode 0xb7, expected 0x18 as written")]
    [InlineData("goto nowhere", AssemblerErrorKind.UndefinedLabel, 1, 1, "label 'nowhere' is not defined")]
    [InlineData("a: exit\na: exit", AssemblerErrorKind.DuplicateLabel, 2, 1, "label 'a' is already defined")]
    public void Errors_have_a_place_and_say_what_was_expected(
        string text, AssemblerErrorKind kind, int line, int column, string message)
    {
        AssemblerResult result = Assembler.Assemble(text);

        Assert.False(result.Succeeded);
        Assert.Empty(result.Instructions);
        Assert.Equal([new(kind, line, column, message)], result.Errors);
    }

    [Fact]
    public void A_label_too_far_for_a_short_branch_is_an_error_and_gotol_reaches_it()
    {
        string filler = string.Concat(Enumerable.Repeat("exit\n", short.MaxValue));

        Assert.Empty(Assembler.Assemble($"goto end\n{filler}end: exit").Errors);
        Assert.Empty(Assembler.Assemble($"gotol end\n{filler}exit\nend: exit").Errors);
        AssemblerError error = Assert.Single(Assembler.Assemble($"goto end\n{filler}exit\nend: exit").Errors);
        Assert.Equal("label 'end' is 32768 slots away, expected -32768 to 32767", error.Message);
    }

    [Fact]
    public void All_lines_with_errors_are_reported_in_order()
    {
        AssemblerResult result = Assembler.Assemble("goto x\nnonsense\nexit\nr12 = 0");

        Assert.Equal([1, 2, 4], result.Errors.Select(error => error.Line));
    }

    private sealed class Names : IInstructionNames
    {
        public string? NamedFunctionName(int id) => id == 99 ? "acme_lookup" : null;
    }
}
