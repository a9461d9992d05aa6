using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Programs;

namespace Skep.Jit.Cil.Tests;

/// <summary>Stack slots become locals only where nobody can tell.</summary>
public sealed unsafe class StackTests
{
    private static readonly HelperDescriptor Fill = new("fill")
    {
        Number = new HelperNumber(1),
        Arguments = [new(HelperArgumentKind.WritableMemory, "memory"), new(HelperArgumentKind.Size, "size")],
    };

    private static readonly TestHelper FillHelper = new(Fill, (_, memory, size, _, _, _) =>
    {
        new Span<byte>((void*)memory, (int)size).Fill(0xab);
        return size;
    });

    public static TheoryData<string> Programs => new(
        // Whole slots, spilled and read back.
        "*(u64 *)(r10 -8) = r1\nr2 = 5\n*(u64 *)(r10 -16) = r2\nr0 = *(u64 *)(r10 -16)\nr3 = *(u64 *)(r10 -8)\nr3 = *(u64 *)(r3 +0)\nr0 += r3\nexit",
        "r2 = -1\n*(u32 *)(r10 -8) = r2\nr0 = *(u32 *)(r10 -8)\nr3 = *(s32 *)(r10 -8)\nr0 ^= r3\nexit",
        "*(u64 *)(r10 -8) = -7\nr0 = *(u64 *)(r10 -8)\nexit",
        "*(u32 *)(r10 -8) = -7\nr0 = *(u32 *)(r10 -8)\nexit",
        // Parts of one slot.
        "r2 = 0x1122334455667788 ll\n*(u64 *)(r10 -8) = r2\nr0 = *(u32 *)(r10 -6)\nexit",
        "r2 = 0x1122334455667788 ll\n*(u64 *)(r10 -8) = r2\n*(u8 *)(r10 -5) = 0\nr0 = *(u64 *)(r10 -8)\nexit",
        "*(u64 *)(r10 -16) = 1\n*(u64 *)(r10 -8) = 2\nr0 = *(u64 *)(r10 -12)\nexit",
        // Through copies of R10.
        "r2 = r10\nr2 += -8\n*(u64 *)(r2 +0) = 3\nr0 = *(u64 *)(r10 -8)\nexit",
        "r2 = r10\nr2 += -16\nr3 = r2\nr3 += 8\n*(u64 *)(r3 -8) = 3\n*(u64 *)(r3 +0) = 4\nr0 = *(u64 *)(r2 +0)\nr4 = *(u64 *)(r10 -8)\nr0 += r4\nexit",
        "r2 = r10\nr2 -= 8\n*(u64 *)(r2 +0) = 3\nr0 = *(u64 *)(r10 -8)\nexit",
        // A pointer that has two values, or is moved by a register, or lies in memory.
        "*(u64 *)(r10 -8) = 1\n*(u64 *)(r10 -16) = 2\nr3 = *(u64 *)(r1 +0)\nr2 = r10\nr2 += -8\nif r3 == 0 goto pc+1\nr2 += -8\nr0 = *(u64 *)(r2 +0)\nexit",
        "*(u64 *)(r10 -8) = 1\n*(u64 *)(r10 -16) = 2\nr3 = *(u64 *)(r1 +0)\nr3 &= 8\nr2 = r10\nr2 += -16\nr2 += r3\nr0 = *(u64 *)(r2 +0)\nexit",
        "*(u64 *)(r10 -8) = 1\nr2 = r10\nr2 += -8\n*(u64 *)(r10 -16) = r2\nr3 = *(u64 *)(r10 -16)\n*(u64 *)(r3 +0) = 9\nr0 = *(u64 *)(r10 -8)\nexit",
        // Helpers reach upwards from what they are given.
        "*(u64 *)(r10 -24) = 1\n*(u64 *)(r10 -16) = 2\n*(u64 *)(r10 -8) = 3\nr1 = r10\nr1 += -16\nr2 = 16\ncall fill#1\nr0 = *(u64 *)(r10 -16)\nr3 = *(u64 *)(r10 -24)\nr0 += r3\nr3 = *(u64 *)(r10 -8)\nr0 += r3\nexit",
        "*(u64 *)(r10 -24) = 1\n*(u64 *)(r10 -16) = 2\nr1 = r10\nr1 += -20\nr2 = 8\ncall fill#1\nr0 = *(u64 *)(r10 -16)\nr3 = *(u64 *)(r10 -24)\nr0 += r3\nexit",
        // What nobody wrote is 0.
        "r0 = *(u64 *)(r10 -8)\nr0 += 1\nexit",
        "r0 = *(u64 *)(r10 -64)\nr1 = r10\nr1 += -32\nr2 = 8\ncall fill#1\nr0 = *(u64 *)(r10 -24)\nr0 += 1\nexit",
        // Atomics stay in memory.
        "*(u64 *)(r10 -8) = 5\nr2 = 3\nlock *(u64 *)(r10 -8) += r2\nr0 = *(u64 *)(r10 -8)\nexit",
        // Other functions, called and inlined, write to the caller's frame and have zeroed ones of their own.
        "*(u64 *)(r10 -8) = 5\nr1 = r10\nr1 += -8\ncall other\nr0 = *(u64 *)(r10 -8)\nexit\nother:\nr2 = *(u64 *)(r10 -8)\nr2 += 7\n*(u64 *)(r1 +0) = r2\n*(u64 *)(r10 -8) = 1\nr0 = 0\nexit",
        "r6 = 0\nround: call other\nr6 += r0\nif r6 < 5 goto round\nr0 = r6\nexit\nother:\nr0 = *(u64 *)(r10 -8)\nr0 += 1\n*(u64 *)(r10 -8) = 77\nr2 = r10\nr2 += -80\n*(u64 *)(r2 +0) = r2\nexit");

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_stack_is_what_it_is_in_the_interpreter(string text)
    {
        foreach (ulong first in (ReadOnlySpan<ulong>)[0, 8, 3])
        {
            CilRun.Compare(TestProgram.From(text.Replace(" ll", "")) with { Helpers = [FillHelper] }, first, 1, 2);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(512)]
    [InlineData(4096)]
    public void Frames_have_the_size_that_they_need(int bytes)
    {
        int low = -(bytes & -8);
        TestProgram program = TestProgram.From($"r2 = r10\nr2 += {low}\nr1 = r2\nr1 &= 7\n*(u64 *)(r2 +0) = 41\nr0 = *(u64 *)(r2 +0)\nr0 += r1\nr3 = *(u64 *)(r10 -8)\nr0 += 1\nexit") with
        {
            StackBytes = bytes,
            Limits = new Runtime.Limits { MaxFrameBytes = 4096 },
        };
        using LoadedProgram compiled = program.LoadCil();
        Assert.Equal(new RunResult(42, Trap.None), compiled.Run(default));
    }
}
