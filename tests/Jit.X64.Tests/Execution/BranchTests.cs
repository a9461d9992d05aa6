using Skep.Core.Tests.Execution;
using Skep.Isa;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>Every conditional jump with registers and immediates, taken and not, near and far.</summary>
public class BranchTests
{
    private static readonly ulong[] Values = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue];

    public static TheoryData<Operation> Conditions
        => [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.JumpImmediate or InstructionShape.JumpRegister).Select(row => row.Operation)];

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Goes_where_the_interpreter_goes(Operation operation)
    {
        bool isRegister = OpcodeTable.Row(operation).Shape == InstructionShape.JumpRegister;
        foreach ((byte left, byte right) in ((byte, byte)[])[(0, 1), (2, 3), (3, 2), (8, 0), (4, 4)])
        {
            foreach (long immediate in isRegister ? [0L] : (long[])[0, 1, -1, 0x7f, 0x80, 0xff, int.MaxValue, int.MinValue])
            {
                // Two moves, so that the jump stays one; one move, which becomes conditional; many, so that the jump is far.
                foreach (int distance in (int[])[0, 1, 2, 60])
                {
                    var jump = new Instruction(operation, left, isRegister ? right : (byte)0, distance, immediate);
                    Check([jump, .. Enumerable.Repeat(new Instruction(Operation.Add64Immediate, 5, 0, 0, 3), distance)], left, right, $"{jump} over {distance}");
                    Check([jump, .. Enumerable.Repeat(new Instruction(Operation.Move64Register, left, 6, 0, 0), distance)], left, right, $"{jump} over {distance} moves");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Compares_the_frame_pointer(Operation operation)
    {
        bool isRegister = OpcodeTable.Row(operation).Shape == InstructionShape.JumpRegister;
        foreach ((byte left, byte right) in isRegister ? ((byte, byte)[])[(10, 1), (1, 10), (10, 10)] : [(10, 0)])
        {
            // Of an address only what holds wherever the stack is can be compared: with the context's, with small numbers, with itself.
            Instruction[] body =
            [
                new(Operation.Move64Immediate, 1, 0, 0, 0),
                new(operation, left, right, 1, isRegister ? 0 : 5),
                new(Operation.Move64Immediate, 4, 0, 0, 77),
                new(Operation.Add64Immediate, 4, 0, 0, 77),
            ];
            if (operation is Operation.JumpAnyBitSet32Immediate or Operation.JumpAnyBitSet64Immediate || OpcodeTable.Row(operation) is { Is64Bit: false, Condition: JumpCondition.SignedGreaterThan or JumpCondition.SignedGreaterOrEqual or JumpCondition.SignedLessThan or JumpCondition.SignedLessOrEqual })
            {
                continue;
            }

            using var differ = new Differ(Frames.Around(body, 4), $"{body[1]}", Frames.Options);
            differ.Check(new ulong[2 * Frames.Words]);
        }
    }

    [Fact]
    public void Loops_run_as_often()
    {
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
                """).Instructions, [.. Frames.All]),
            "loop",
            Frames.Options);
        differ.Check(new ulong[2 * Frames.Words]);
    }

    private static void Check(Instruction[] body, int left, int right, string name)
    {
        using var differ = new Differ(Frames.Around(body, [.. Frames.All]), name, Frames.Options);
        foreach (ulong one in Values)
        {
            foreach (ulong two in left == right ? [one] : Values)
            {
                var context = new ulong[2 * Frames.Words];
                context[left] = one;
                context[right] = two;
                context[6] = 0x1234_5678_9abc_def0;
                differ.Check(context);
            }
        }
    }
}
