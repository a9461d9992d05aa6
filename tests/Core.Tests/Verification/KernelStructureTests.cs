using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Skep.Findings;
using Skep.Isa;
using Skep.KernelOracle;
using Skep.Programs;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Core.Tests.Verification;

/// <summary>The structural half of the verifier against the running kernel's.</summary>
public sealed partial class KernelStructureTests
{
    /// <summary>The kernel's words for what is wrong with the structure; values and paths have others.</summary>
    [GeneratedRegex(
        "unknown opcode|reserved field|uses reserved|jump out of range|unreachable insn|last insn is not|frame pointer is read only"
        + "|invalid bpf_ld_imm64|unrecognized bpf_ld_imm64|jump into the middle of ldimm64|R[0-9]+ is invalid|div by zero|invalid shift|too many subprogs"
        + "|frames is too deep|combined stack size|invalid destination|invalid atomic|uses invalid|not pointing to valid bpf_map|invalid insn idx"
        + "|not allowed for this program type|invalid func|unknown func|program of this type cannot use helper|LD_ABS is not allowed|recursive call|insn [0-9]+ .*overlap|has no insns|kernel function|invalid BPF_")]
    private static partial Regex Structural { get; }

    public KernelStructureTests() => Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);

    public static TheoryData<string> Refused => [.. StructureCases.Refused.Select(entry => entry.Text)];

    public static TheoryData<string> Accepted =>
    [
        .. StructureCases.Accepted,
        StructureCases.Fan(256),
        StructureCases.Chain(8, 0),
        StructureCases.Chain(8, 64),
        StructureCases.Chain(2, 256),
        StructureCases.Chain(4, 113),
    ];

    public static TheoryData<string> TooMuch =>
    [
        StructureCases.Fan(257),
        StructureCases.Chain(9, 0),
        StructureCases.Chain(8, 65),
        StructureCases.Chain(2, 257),
        StructureCases.Chain(4, 129),
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    [MemberData(nameof(TooMuch))]
    public void The_kernel_refuses_what_the_verifier_refuses(string text)
    {
        KernelLoadResult verdict = Ask(VerifierFixture.Spec(text).Instructions);
        verdict.Program?.Dispose();

        Assert.False(verdict.IsAccepted);
        Assert.False(VerifierFixture.Verify(text).IsSuccess, verdict.Complaint);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void The_kernel_accepts_what_is_just_inside_the_limits(string text)
    {
        KernelLoadResult verdict = Ask(VerifierFixture.Spec(text).Instructions);
        verdict.Program?.Dispose();

        Assert.True(verdict.IsAccepted, verdict.Log);
        Assert.True(VerifierFixture.Verify(text).IsSuccess);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_mutation_the_kernel_refuses_for_its_structure_is_refused(int seed)
    {
        var random = new Random(seed);
        string[] texts = [.. StructureCases.Accepted, StructureCases.Chain(8, 64), StructureCases.Chain(3, 16)];
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            ulong[] slots = [.. VerifierFixture.Spec(texts[random.Next(texts.Length)]).Instructions.Select(slot => slot.Bits)];
            for (int change = random.Next(1, 3); change > 0; change--)
            {
                Mutate(random, slots);
            }

            ImmutableArray<RawInstruction> code = [.. slots.Select(bits => new RawInstruction(bits))];
            KernelLoadResult verdict = Ask(code);
            verdict.Program?.Dispose();
            Result<VerifiedProgram> ours = VerifierFixture.Verify(VerifierFixture.Spec("exit") with { Instructions = code });
            refused += verdict.IsAccepted ? 0 : 1;
            Assert.False(
                !verdict.IsAccepted && Structural.IsMatch(verdict.Complaint) && ours.IsSuccess,
                $"{verdict.Complaint}\n{string.Join('\n', slots.Select((bits, slot) => $"{slot}: {bits:x16} {InstructionPrinter.Text(InstructionDecoder.Decode(code.AsSpan())[slot], slot)}"))}");
        }

        Assert.InRange(refused, 30, 290);
    }

    private static void Mutate(Random random, ulong[] slots)
    {
        ref ulong slot = ref slots[random.Next(slots.Length)];
        slot = random.Next(7) switch
        {
            0 => slot & ~0xffUL | (uint)random.Next(256),
            1 => slot & ~0xf00UL | (ulong)random.Next(16) << 8,
            2 => slot & ~0xf000UL | (ulong)random.Next(16) << 12,
            3 => slot & ~0xffff0000UL | (ulong)(ushort)random.Next(-4, 5) << 16,
            4 => slot & 0xffffffffUL | (ulong)(uint)random.Next(-4, 70) << 32,
            5 => slots[random.Next(slots.Length)],
            _ => slot ^ 1UL << random.Next(64),
        };
    }

    private static KernelLoadResult Ask(ImmutableArray<RawInstruction> code) =>
        KernelProgram.TryLoad([.. code.Select(slot => slot.Bits)], KernelProgramType.SocketFilter);
}
