using System.Collections.Immutable;
using Skep.Isa;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>Every arithmetic operation with every pair of registers, against the interpreter.</summary>
public class ArithmeticTests
{
    private static readonly ImmutableArray<(ulong Left, ulong Right)> Values =
    [
        (0, 0), (1, 0), (0, 1), (7, 3), (ulong.MaxValue, 1), (ulong.MaxValue, ulong.MaxValue), (0x8000_0000_0000_0000, ulong.MaxValue),
        (0x8000_0000_0000_0000, 0x8000_0000_0000_0000), (0x8000_0000, 0xffff_ffff), (0xffff_ffff_8000_0000, 0xffff_ffff_ffff_ffff),
        (0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321), (0xdead_beef_0000_0005, 0x1_0000_0000), (0x7fff_ffff_ffff_ffff, 63), (0xcafe_babe_1234_5678, 32),
        (0x0123_4567_89ab_cdef, 0x1_0000_0021), (5, 0xffff_ffff_ffff_fffd), (0xffff_ffff_ffff_fffb, 3), (100, 0x1_0000_0000_0000),
    ];

    public static TheoryData<Operation> Register => Operations(InstructionShape.AluRegister, InstructionShape.MoveSigned, InstructionShape.AluUnary);

    public static TheoryData<Operation> Immediate => Operations(InstructionShape.AluImmediate);

    [Theory]
    [MemberData(nameof(Register))]
    public void With_registers(Operation operation)
    {
        bool isUnary = OpcodeTable.Row(operation).Shape == InstructionShape.AluUnary;
        for (byte destination = 0; destination < 10; destination++)
        {
            for (byte source = 0; source <= (isUnary ? 0 : 9); source++)
            {
                var instruction = new Instruction(operation, destination, isUnary ? (byte)0 : source, 0, 0);
                foreach (int[] observed in (int[][])[[.. Frames.All], [destination], [(destination + 1) % 10]])
                {
                    using var differ = new Differ(Frames.Around([instruction], observed), $"{instruction}, observed {string.Join(' ', observed)}", Frames.Options);
                    foreach ((ulong left, ulong right) in Values)
                    {
                        differ.Check(Context(destination, left, source, right));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Immediate))]
    public void With_immediates(Operation operation)
    {
        long[] immediates =
        [
            0, 1, -1, 2, 3, -3, 5, 7, 8, 9, 10, 16, 31, 32, 33, 63, 64, 100, 127, 128, -128, -129, 255, 256, 641, 1000, 0xffff, 0x10000, 65537, 1_000_000_007, int.MaxValue, int.MinValue,
            int.MinValue + 1, -7, -10, -64, -1000, 0x4000_0000, 6, 12, 14, 28,
        ];
        foreach (long immediate in immediates)
        {
            foreach (byte destination in (byte[])[0, 2, 3, 6, 7])
            {
                var instruction = new Instruction(operation, destination, 0, 0, immediate);
                foreach (int[] observed in (int[][])[[.. Frames.All], [destination]])
                {
                    using var differ = new Differ(Frames.Around([instruction], observed), $"{instruction}, observed {string.Join(' ', observed)}", Frames.Options);
                    foreach ((ulong left, ulong right) in Values)
                    {
                        differ.Check(Context(destination, left, destination, left));
                        differ.Check(Context(destination, right, destination, right));
                    }

                    differ.Check(Context(destination, (ulong)immediate, destination, (ulong)immediate));
                    differ.Check(Context(destination, (ulong)immediate - 1, destination, (ulong)immediate - 1));
                    differ.Check(Context(destination, (ulong)-immediate, destination, (ulong)-immediate));
                }
            }
        }
    }

    /// <summary>The same with an upper half that is known to be zero, where the back end takes narrower forms.</summary>
    [Theory]
    [MemberData(nameof(Register))]
    public void With_narrow_registers(Operation operation)
    {
        foreach ((byte destination, byte source) in ((byte, byte)[])[(0, 2), (2, 0), (3, 6), (6, 3), (5, 5), (2, 2)])
        {
            bool isUnary = OpcodeTable.Row(operation).Shape == InstructionShape.AluUnary;
            Instruction[] body =
            [
                new(Operation.Move32Register, destination, destination, 0, 0),
                new(Operation.Move32Register, source, source, 0, 0),
                new(operation, destination, isUnary ? (byte)0 : source, 0, 0),
            ];
            using var differ = new Differ(Frames.Around(body, [.. Frames.All]), $"narrow {body[2]}", Frames.Options);
            foreach ((ulong left, ulong right) in Values)
            {
                differ.Check(Context(destination, left, source, right));
            }
        }
    }

    private static ulong[] Context(int destination, ulong left, int source, ulong right)
    {
        var context = new ulong[2 * Frames.Words];
        for (int i = 0; i < 10; i++)
        {
            context[i] = 0xa5a5_0000_5a5a_0000 + (ulong)i;
        }

        context[source] = right;
        context[destination] = left;
        return context;
    }

    private static TheoryData<Operation> Operations(params InstructionShape[] shapes)
        => [.. OpcodeTable.Rows.Where(row => shapes.Contains(row.Shape)).Select(row => row.Operation)];
}
