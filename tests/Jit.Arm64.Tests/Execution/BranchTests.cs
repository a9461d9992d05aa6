using Skep.Core.Tests.Execution;
using Skep.Isa;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>Every conditional jump with registers and constants, taken and not, over moves that become choices and over more than the short forms reach.</summary>
public sealed class BranchTests
{
    private static readonly ulong[] Values =
        [0, 1, 2, 0x7f, 0x80, 0xfff, 0x1000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue];

    public static TheoryData<Operation> Conditions => Frames.Operations(InstructionShape.JumpImmediate, InstructionShape.JumpRegister);

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Goes_where_the_interpreter_goes(Operation operation)
    {
        Processor.Require();
        bool isRegister = OpcodeTable.Row(operation).Shape == InstructionShape.JumpRegister;
        foreach ((byte left, byte right) in ((byte, byte)[])[(0, 1), (3, 2), (8, 0), (4, 4)])
        {
            foreach (long immediate in isRegister ? [0L] : Processor.Sample<long>([0, 1, -1, 0x80, 2, 0xfff, 0x1000, -0x1000, 0x12345, int.MaxValue, int.MinValue, 0x7f]))
            {
                var jump = new Instruction(operation, left, isRegister ? right : (byte)0, 0, immediate);
                foreach (Instruction[] body in Bodies(jump, left, right))
                {
                    Check(body, left, right);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Compares_what_was_kept_back(Operation operation)
    {
        Processor.Require();
        bool isRegister = OpcodeTable.Row(operation).Shape == InstructionShape.JumpRegister;
        Instruction jump = new(operation, 2, isRegister ? (byte)3 : (byte)0, 2, isRegister ? 0 : 5);
        Instruction[][] before =
        [
            [new(Operation.Move64Register, 3, 4, 0, 0), new(Operation.ShiftLeft64Immediate, 3, 0, 0, 3)],
            [new(Operation.Move32Register, 3, 3, 0, 0), new(Operation.Move64Register, 2, 3, 0, 0)],
            [new(Operation.MoveSigned32To64, 3, 4, 0, 0)],
            [new(Operation.ExclusiveOr64Immediate, 3, 0, 0, -1), new(Operation.ShiftRight64Immediate, 2, 0, 0, 4)],
            [new(Operation.Move64Register, 2, 3, 0, 0), new(Operation.ShiftRight64Immediate, 3, 0, 0, 1)],
            [new(Operation.ShiftLeft32Immediate, 3, 0, 0, 5), new(Operation.Move32Register, 2, 2, 0, 0)],
        ];
        foreach (Instruction[] kept in before)
        {
            foreach (IEnumerable<int> observed in (IEnumerable<int>[])[Frames.All, [5], [3, 5]])
            {
                Instruction[] body = [.. kept, jump, new(Operation.Add64Immediate, 5, 0, 0, 3), new(Operation.Add64Immediate, 5, 0, 0, 5)];
                using var differ = new Differ(Frames.Around(body, observed), string.Join("; ", body), Differ.Options[0]);
                foreach (ulong left in Processor.Sample(Values))
                {
                    foreach (ulong right in Processor.Sample(Values))
                    {
                        differ.Check(Frames.Context((2, left), (3, right), (4, right)));
                    }
                }
            }
        }
    }

    [Fact]
    public void Loops_run_as_often()
    {
        Processor.Require();
        using var differ = new Differ(
            Frames.Around(TestProgram.From("""
                r0 = 0
                r2 = 1000
                r0 += r2
                r0 ^= 85
                r2 += -1
                if r2 != 0x0 goto pc-4
                w3 = 17
                w0 += w3
                w3 -= 1
                if w3 s> 0x0 goto pc-3
                """).Instructions, Frames.All),
            "loop",
            Differ.Options);
        differ.Check(Frames.Context());
    }

    /// <summary>Over code that is larger than tests of bits (32 KiB) and comparisons (1 MiB) reach, in both directions.</summary>
    [Theory]
    [InlineData(12_000)]
    [InlineData(32_000)]
    public void Far_branches(int distance)
    {
        Processor.Require();
        // The second makes up to 10 instructions of each.
        Instruction fill = distance < 20_000 ? new(Operation.Add64Register, 7, 8, 0, 0) : new(Operation.Modulo64Immediate, 7, 0, 0, 1_000_000_007);
        Instruction[] filler = [.. Enumerable.Repeat(fill, distance)];
        foreach (Instruction jump in (Instruction[])
            [
                new(Operation.JumpAnyBitSet64Immediate, 2, 0, 0, 0x100), new(Operation.JumpEqual64Immediate, 2, 0, 0, 0), new(Operation.JumpSignedLessThan64Immediate, 2, 0, 0, 0),
                new(Operation.JumpGreaterThan64Register, 2, 3, 0, 0),
            ])
        {
            Instruction[] body =
            [
                new(Operation.Move64Immediate, 6, 0, 0, 0),
                new(Operation.Move64Immediate, 7, 0, 0, 0),
                jump with { Offset = distance + 1 },
                .. filler,
                new(Operation.Add64Immediate, 6, 0, 0, 1),
                new(Operation.Move64Register, 5, 6, 0, 0),
                new(Operation.JumpEqual64Immediate, 6, 0, -(distance + 4), 1),
            ];
            using var differ = new Differ(Frames.Around(body, 5, 6, 7), $"{jump} over {distance}", Differ.Options[0]);
            foreach (ulong value in (ulong[])[0, 0x100, 1, ulong.MaxValue])
            {
                differ.Check(Frames.Context((2, value), (3, 7UL), (8, 3UL)));
            }
        }
    }

    private static IEnumerable<Instruction[]> Bodies(Instruction jump, byte left, byte right)
    {
        Instruction add = new(Operation.Add64Immediate, 5, 0, 0, 3);
        yield return [jump, add];
        yield return [jump with { Offset = 2 }, add, add, add];
        foreach (Instruction move in (Instruction[])
            [
                new(Operation.Move64Register, left, 6, 0, 0), new(Operation.Move32Register, 5, right, 0, 0), new(Operation.Move64Immediate, right, 0, 0, 0), new(Operation.Move64Immediate, 5, 0, 0, 1),
                new(Operation.Move64Immediate, 5, 0, 0, -1), new(Operation.Move32Immediate, 5, 0, 0, -1), new(Operation.Move64Immediate, 5, 0, 0, 0x12345678),
            ])
        {
            yield return [jump with { Offset = 1 }, move];
        }

        yield return [new(Operation.ShiftRight64Immediate, right, 0, 0, 3), jump with { Offset = 1 }, new(Operation.Move64Register, left, right, 0, 0), add];
    }

    private static void Check(Instruction[] body, int left, int right)
    {
        using var differ = new Differ(Frames.Around(body, Frames.All), string.Join("; ", body), Processor.Every > 1 ? [Differ.Options[0]] : Differ.Options);
        foreach (ulong one in Values)
        {
            foreach (ulong two in left == right ? [one] : Processor.Sample(Values))
            {
                differ.Check(Frames.Context((left, one), (right, two), (6, 0x1234_5678_9abc_def0UL)));
            }
        }
    }
}
