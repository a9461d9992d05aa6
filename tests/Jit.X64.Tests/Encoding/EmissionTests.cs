using System.Buffers.Binary;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Isa;
using Skep.Jit.X64.Emission;
using Skep.Programs;

namespace Skep.Jit.X64.Tests.Encoding;

/// <summary>What code looks like, where it cannot be seen from running it here: other systems' conventions, processors with less, forms that are shorter.</summary>
public class EmissionTests
{
    private static readonly JitOptions Unix = JitOptions.Default with { System = JitSystem.Unix, Features = ["bmi2", "movbe", "rdpid"] };
    private static readonly HelperDescriptor Helper = new("helper")
    {
        Number = new HelperNumber(11),
        Arguments = [.. Enumerable.Range(0, 5).Select(i => new HelperArgument(HelperArgumentKind.Anything, $"a{i}"))],
    };

    public static TheoryData<string, string> Forms => new()
    {
        { "r0 = r1\nr0 += 5\nexit", "lea rax,[rsi+5];ret" },
        { "r0 = r1\nr0 += r2\nexit", "lea rax,[rsi+rdx];ret" },
        { "r0 = 0\nexit", "xor eax,eax;ret" },
        { "r0 = -1\nexit", "mov rax,-1;ret" },
        { "r0 = r1\nr0 &= 255\nexit", "movzx eax,sil;ret" },
        { "r1 <<= 32\nr1 >>= 32\nr0 = r1\nexit", "mov esi,esi;mov rax,rsi;ret" },
        { "r1 <<= 32\nr1 s>>= 32\nr0 = r1\nexit", "movsxd rsi,esi;mov rax,rsi;ret" },
        { "r1 <<= 32\nr1 >>= 29\nr0 = r1\nexit", "mov esi,esi;shl rsi,3;mov rax,rsi;ret" },
        { "r0 = r1\nr0 <<= r2\nexit", "shlx rax,rsi,rdx;ret" },
        { "w0 = w1\nw0 <<= 7\nw1 >>= 25\nw0 |= w1\nexit", "rorx eax,esi,25;ret" },
        { "r0 = r1\nr0 <<= 13\nr1 >>= 51\nr0 |= r1\nexit", "rorx rax,rsi,51;ret" },
        { "r0 = *(u32 *)(r1 +4)\nr0 = be32 r0\nexit", "movbe eax,[rsi+4];ret" },
        { "r0 = *(u16 *)(r1 +4)\nr0 = be16 r0\nexit", "movzx eax,[rsi+4];rol ax,8;ret" },
        { "r0 = r2\nr3 = *(u64 *)(r1 +8)\nr0 += r3\nexit", "mov rax,rdx;add rax,[rsi+8];ret" },
        { "r3 = *(u64 *)(r1 +8)\nr3 += 1\n*(u64 *)(r1 +8) = r3\nr0 = 0\nexit", "add [rsi+8],1;xor eax,eax;ret" },
        { "r3 = *(u8 *)(r1 +8)\nr0 = 0\nexit", "movzx ecx,[rsi+8];xor eax,eax;ret" },
        { "r0 = r1\nif r2 > r1 goto pc+1\nr0 = r2\nexit", "mov rax,rsi;cmp rdx,rsi;cmovbe rax,rdx;ret" },
        { "r0 = *(u32 *)(r2 +0)\nif w0 > w1 goto pc+1\nr0 = r3\nexit", "mov eax,[rdx];cmp eax,esi;ja 9;mov rax,rcx;ret" },
        { "r3 = r1\nr3 += r2\nr0 = *(u16 *)(r3 +6)\nexit", "movzx eax,[rsi+rdx+6];ret" },
        { "r3 = r2\nr3 <<= 2\nr1 += r3\nr0 = *(u32 *)(r1 +0)\nexit", "mov eax,[rsi+rdx*4];ret" },
        { "r2 <<= 3\nr3 = 0x123456789abcdef0\nr3 += r2\nr0 = *(u64 *)(r3 +8)\nexit", "mov rcx,1311768467463790320;mov rax,[rcx+rdx*8+8];ret" },
        { "r3 = r10\nr3 += r2\n*(u8 *)(r3 -8) = 7\nr0 = 0\nexit", "mov [rsp+rdx-8],7;xor eax,eax;ret" },
        { "r0 = r1\nr0 /= 8\nexit", "mov rax,rsi;shr rax,3;ret" },
        { "r0 = r1\nr0 *= 9\nexit", "lea rax,[rsi+rsi*8];ret" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_best_form_is_taken(string program, string code)
        => Assert.Equal(code, string.Join(';', Instructions.All(Compile(program, Unix).Code.AsSpan())));

    [Fact]
    public void Tests_and_compares_are_joined()
    {
        string code = Text("r0 = 0\nr3 = *(u8 *)(r1 +8)\nif r3 == 7 goto pc+2\nr2 &= 4\nif r2 != 0 goto pc+1\nr0 = 1\nr0 += 3\nexit", Unix);
        Assert.Contains("cmp [rsi+8],7;je ", code, StringComparison.Ordinal);
        Assert.Contains("test dl,4;jne ", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_call_moves_one_register_on_System_V()
    {
        string code = Text("r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall unknown#11\nexit", Unix);
        Assert.StartsWith("push r12;mov r12,rdi;", code, StringComparison.Ordinal);
        Assert.Contains(";mov rdi,r12;mov [r12+16],5;mov rax,0;call [rax];pop r12;ret", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_has_shadow_space_arguments_on_the_stack_and_two_more_registers_preserved()
    {
        string code = Text("r6 = r4\nr7 = r5\nr1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall unknown#11\nexit", Unix with { System = JitSystem.Windows });

        // Five registers and the return address are 48 bytes; 48 more are for the callee.
        Assert.StartsWith("push r12;push rsi;push rdi;push rbx;push r13;sub rsp,48;mov r12,rcx;mov r8,[rsp+128];mov r9,[rsp+136];", code, StringComparison.Ordinal);
        Assert.Contains("mov [rsp+40],r9;mov [rsp+32],r8;mov r9,rcx;mov r8,rdx;mov rdx,rsi;mov rcx,r12;", code, StringComparison.Ordinal);
        Assert.EndsWith("add rsp,48;pop r13;pop rbx;pop rdi;pop rsi;pop r12;ret", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_features_nothing_needs_them()
    {
        string code = Text("r0 = r1\nr0 <<= r2\nr3 = *(u32 *)(r1 +4)\nr3 = be32 r3\nr0 += r3\nexit", Unix with { Features = [] });
        Assert.DoesNotContain("shlx", code, StringComparison.Ordinal);
        Assert.DoesNotContain("movbe", code, StringComparison.Ordinal);
        Assert.Contains("shl rax,cl", code, StringComparison.Ordinal);
        Assert.Contains("bswap ecx", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Blinded_constants_do_not_appear()
    {
        const int secret = 0x3c909090;
        string[] uses =
        [
            $"r1 = {secret}", $"w1 = {secret}", $"r1 += {secret}", $"r1 &= {secret}", $"w1 ^= {secret}", $"r1 *= {secret}", $"r1 /= {secret}", $"r1 %= {secret}", $"r1 s/= {secret}",
            $"*(u64 *)(r10 -8) = {secret}", $"if r1 == {secret} goto pc+0", $"if r1 & {secret} goto pc+0", $"r1 = 0x{secret:x}{secret:x}ll",
        ];
        string program = $"r1 = 0\n{string.Join('\n', uses.Select(use => use.Replace("goto pc+0", "goto pc+1", StringComparison.Ordinal) + (use.StartsWith("if", StringComparison.Ordinal) ? "\nr2 = 0" : "")))}\nr0 = 0\nexit";
        Assert.True(Count(Compile(program.Replace("ll", "", StringComparison.Ordinal), Unix), secret) > 5);
        Assert.Equal(0, Count(Compile(program.Replace("ll", "", StringComparison.Ordinal), Unix with { BlindConstants = true }), secret));
    }

    [Fact]
    public void The_map_from_code_to_slots_covers_all()
    {
        NativeImage image = Compile("r0 = 0\nr0 += r1\nr0 *= 3\nexit", Unix);
        Assert.Equal([0, 1, 2, 3], image.PcMap.Select(entry => entry.Slot.Value));
        Assert.Equal(image.PcMap.Select(entry => entry.Offset).Order(), image.PcMap.Select(entry => entry.Offset));
        Assert.Equal(0, Assert.Single(image.Entries).Offset);
    }

    [Fact]
    public void A_million_instructions_with_far_jumps()
    {
        const int count = 1_000_000;
        var code = new Instruction[count];
        code[0] = new Instruction(Operation.Move64Immediate, 0, 0, 0, 0);
        for (int i = 1; i < count - 1; i++)
        {
            code[i] = (i % 7) switch
            {
                0 => new Instruction(Operation.JumpEqual64Immediate, 1, 0, Math.Min(i % 3 == 0 ? 30_000 : 5, count - i - 2), 7),
                1 when i > 40_000 => new Instruction(Operation.JumpEqual64Immediate, 2, 0, -(i % 30_000) - 1, i),
                _ => new Instruction(Operation.Add64Immediate, (byte)(i % 5), 0, 0, i),
            };
        }

        code[^1] = new Instruction(Operation.Exit, 0, 0, 0, 0);
        NativeImage image = (NativeImage)new X64Backend().Compile(TestProgram.From(code).Lower(), Unix);
        Assert.InRange(image.Code.Length, count, 20 * count);
    }

    private static string Text(string program, JitOptions options)
        => string.Join(';', Instructions.All(Compile(program, options).Code.AsSpan()));

    private static NativeImage Compile(string text, JitOptions options)
    {
        TestProgram program = TestProgram.From(text) with { ReadsUnwrittenStack = false, Proof = Proof.Full, Helpers = [new TestHelper(Helper, null!)] };
        LoweredProgram lowered = program.Lower();
        return new ProgramEmission(lowered, options, 0x0123_4567_89ab_cdef).Emit();
    }

    private static int Count(NativeImage image, int value)
        => Enumerable.Range(0, image.Code.Length - 3).Count(offset => BinaryPrimitives.ReadInt32LittleEndian(image.Code.AsSpan()[offset..]) == value);
}
