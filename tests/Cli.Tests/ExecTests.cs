using System.Globalization;
using System.Text;
using Skep.Isa;

namespace Skep.Cli.Tests;

/// <summary><c>skep exec</c>: one program, one piece of memory, R0.</summary>
public class ExecTests
{
    [Theory]
    [InlineData("base32", "w0 = 7; w0 += -9; exit", "fffffffe")]
    [InlineData("base64", "r0 = 0x1122334455667788; r0 >>= 8; exit", "11223344556677")]
    [InlineData("base64: no memory", "r0 = r1; r0 |= r2; exit", "0")]
    [InlineData("byte order", "r0 = 4660; r0 = be16 r0; exit", "3412")]
    [InlineData("divmul32", "w0 = -7; w0 s/= 2; exit", "fffffffd")]
    [InlineData("divmul64", "r0 = 7; r1 = 0; r0 /= r1; exit", "0")]
    [InlineData("atomic32", "*(u32 *)(r10 -4) = 5; r1 = 3; lock *(u32 *)(r10 -4) += r1; r0 = *(u32 *)(r10 -4); exit", "8")]
    [InlineData("atomic64", "*(u64 *)(r10 -8) = 5; r0 = 3; r0 = atomic64_fetch_add((u64 *)(r10 -8), r0); exit", "5")]
    public async Task Every_conformance_group_runs(string group, string program, string expected)
        => Assert.True((await RunAsync(Hex(program))).Expect(0).Output == expected + "\n", group);

    [Theory]
    [InlineData("a division by the constant 0", "r0 = 7; r0 /= 0; exit", "0")]
    [InlineData("a modulo by the constant 0", "r0 = 7; r0 %= 0; exit", "7")]
    [InlineData("a shift by more than the width", "r0 = 1; r0 <<= 65; exit", "2")]
    [InlineData("instructions that nothing reaches", "r0 = 3; exit; r0 = 4; exit", "3")]
    [InlineData("a function that nothing calls", "r0 = 3; exit; call pc+1; exit; r0 = 4; exit", "3")]
    public async Task What_the_RFC_allows_and_Linux_does_not_runs(string what, string program, string expected)
        => Assert.True((await RunAsync(Hex(program))).Expect(0).Output == expected + "\n", what);

    [Fact]
    public async Task The_memory_is_the_packet_of_packet_loads()
    {
        Assert.Equal("bbcc\n", (await RunAsync(Hex("r0 = *(u16 *)skb[1]; exit"), "aabbccdd")).Expect(0).Output);
        Assert.Equal("dd\n", (await RunAsync(Hex("r7 = 2; r0 = *(u8 *)skb[r7 + 1]; exit"), "aabbccdd")).Expect(0).Output);
        Assert.Equal("0\n", (await RunAsync(Hex("r0 = *(u32 *)skb[1]; r0 = 9; exit"), "aabbccdd")).Expect(0).Output);
        Assert.Equal("0\n", (await RunAsync(Hex("r0 = *(u8 *)skb[0]; r0 = 9; exit"))).Expect(0).Output);
    }

    [Fact]
    public async Task The_program_gets_the_memorys_address_and_length()
    {
        Assert.Equal("bb\n", (await RunAsync(Hex("r0 = *(u8 *)(r1 +1); exit"), "aa bb")).Expect(0).Output);
        Assert.Equal("2\n", (await RunAsync(Hex("r0 = r2; exit"), "aabb")).Expect(0).Output);
        Assert.Equal("7\n", (await RunAsync(Hex("*(u8 *)(r1 +0) = 7; r0 = *(u8 *)(r1 +0); exit"), "ff")).Expect(0).Output);
    }

    [Fact]
    public async Task The_program_may_be_an_argument()
        => Assert.Equal("2a\n", (await SkepProcess.RunAsync("exec", "--program", Hex("r0 = 42; exit"))).Expect(0).Output);

    [Theory]
    [InlineData("by number", "85 00 00 00 05 00 00 00 95 00 00 00 00 00 00 00")]
    [InlineData("by register", "b7 06 00 00 05 00 00 00 8d 06 00 00 00 00 00 00 95 00 00 00 00 00 00 00")]
    public async Task Helpers_are_called_by_number_and_by_register(string way, string program)
    {
        // bpf_ktime_get_ns: not 0 on a machine that has started.
        string output = (await RunAsync(program)).Expect(0).Output;
        Assert.True(ulong.TryParse(output.AsSpan().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong time) && time > 0, $"{way}: {output}");
    }

    [Theory]
    [InlineData("an opcode that is none", "ff 00 00 00 00 00 00 00 95 00 00 00 00 00 00 00")]
    [InlineData("a jump out of the program", "05 00 7f 00 00 00 00 00 95 00 00 00 00 00 00 00")]
    [InlineData("no exit", "b7 00 00 00 00 00 00 00")]
    [InlineData("a helper that is none", "85 00 00 00 ff ff 00 00 95 00 00 00 00 00 00 00")]
    public async Task A_refused_program_says_why(string reason, string program)
    {
        SkepResult result = (await RunAsync(program)).Expect(1);

        Assert.Empty(result.Output);
        Assert.True(result.Error.Contains(" of program\n", StringComparison.Ordinal), $"{reason}: {result.Error}");
        Assert.Contains("error SKEP", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trap_says_what_where_and_which_instruction()
    {
        SkepResult result = (await RunAsync(Hex("r0 = *(u64 *)(r1 +0); exit"), "aabb")).Expect(1);

        Assert.Empty(result.Output);
        Assert.Contains("program: insn 0: error SKEP7001: memory access: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("0: (79) r0 = *(u64 *)(r1 +0)", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "0 bytes")]
    [InlineData("b7 00", "2 bytes")]
    [InlineData("b7 0", "character 4 has one digit")]
    [InlineData("hello", "character 1 is 'h'")]
    public async Task Input_that_is_no_program_is_a_finding(string input, string expected)
        => Assert.Contains(expected, (await RunAsync(input)).Expect(1).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_program_beyond_the_limit_is_refused()
    {
        var huge = new StringBuilder();
        for (int slot = 0; slot <= 1_000_000; slot++)
        {
            huge.Append("b700000000000000");
        }

        Assert.Contains("1000001", (await RunAsync(huge.ToString())).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_back_end_is_told_with_those_that_are_there()
    {
        Assert.Contains("SKEP7101: no plugin offers engine z80; there is auto, interpreter", (await SkepProcess.RunAsync("exec", "--jit", "z80", "--program", Hex("r0 = 0; exit"))).Expect(1).Error, StringComparison.Ordinal);
        (await SkepProcess.RunAsync("exec", "--jit", "interpreter", "--program", Hex("r0 = 0; exit"))).Expect(0);
    }

    private static Task<SkepResult> RunAsync(string program, params string[] memory) => SkepProcess.RunWithAsync(program, null, ["exec", .. memory]);

    private static string Hex(string program)
    {
        AssemblerResult assembled = Assembler.Assemble(program.Replace("; ", "\n", StringComparison.Ordinal));
        Assert.True(assembled.Succeeded, string.Join("\n", assembled.Errors));
        var bytes = new List<byte>();
        foreach (Instruction instruction in assembled.Instructions.Where(instruction => instruction.Operation != Operation.Continuation))
        {
            bytes.AddRange(BitConverter.GetBytes(InstructionEncoder.EncodeFirst(instruction).Bits));
            if (instruction.Row.Slots == 2)
            {
                bytes.AddRange(BitConverter.GetBytes(InstructionEncoder.EncodeSecond(instruction).Bits));
            }
        }

        return Convert.ToHexString([.. bytes]);
    }
}
