using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Isa;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>Every arithmetic operation with every pair of registers and many constants, against the interpreter.</summary>
public sealed class ArithmeticTests
{
    private static readonly ImmutableArray<(ulong Left, ulong Right)> Values =
    [
        (0, 0), (1, 0), (0, 1), (7, 3), (ulong.MaxValue, 1), (ulong.MaxValue, ulong.MaxValue), (0x8000_0000_0000_0000, ulong.MaxValue),
        (0x8000_0000_0000_0000, 0x8000_0000_0000_0000), (0x8000_0000, 0xffff_ffff), (0xffff_ffff_8000_0000, 0xffff_ffff_ffff_ffff),
        (0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321), (0xdead_beef_0000_0005, 0x1_0000_0000), (0x7fff_ffff_ffff_ffff, 63), (0xcafe_babe_1234_5678, 32),
        (0x0123_4567_89ab_cdef, 0x1_0000_0021), (5, 0xffff_ffff_ffff_fffd), (0xffff_ffff_ffff_fffb, 3), (100, 0x1_0000_0000_0000),
    ];

    private static readonly ImmutableArray<long> Constants =
    [
        0, 1, -1, 2, 3, -3, 5, 7, 8, 9, 10, 16, 31, 32, 33, 63, 64, 100, 127, 128, -128, 255, 256, 641, 1000, 4095, 4096, -4096, 4097, 0xfff000, 0xffffff, 0x1000000, 0xffff, 0x10000, -65536, 65537,
        1_000_000_007, int.MaxValue, int.MinValue, int.MinValue + 1, -7, -64, -1000, 0x4000_0000, 6, 12, 28, 0x0f0f_0f0f, 0x5555_5555, 0x7ff0,
    ];

    public static TheoryData<Operation> Register => Frames.Operations(InstructionShape.AluRegister, InstructionShape.MoveSigned, InstructionShape.AluUnary);

    public static TheoryData<Operation> Immediate => Frames.Operations(InstructionShape.AluImmediate);

    private static JitOptions Plain => JitOptions.Default;

    [Theory]
    [MemberData(nameof(Register))]
    public void Every_pair_of_registers(Operation operation)
    {
        Processor.Require();
        bool isUnary = OpcodeTable.Row(operation).Shape == InstructionShape.AluUnary;
        IEnumerable<(byte Destination, byte Source)> pairs = isUnary
            ? Enumerable.Range(0, 10).Select(d => ((byte)d, (byte)0))
            : Enumerable.Range(0, 100).Select(pair => ((byte)(pair / 10), (byte)(pair % 10)));
        foreach ((byte destination, byte source) in Processor.Sample(pairs))
        {
            var instruction = new Instruction(operation, destination, source, 0, 0);
            Check([instruction], Frames.All, destination, source);
            Check([instruction], [destination], destination, source);
        }
    }

    [Theory]
    [MemberData(nameof(Register))]
    public void Narrow_registers(Operation operation)
    {
        Processor.Require();
        bool isUnary = OpcodeTable.Row(operation).Shape == InstructionShape.AluUnary;
        foreach ((byte destination, byte source) in ((byte, byte)[])[(0, 2), (6, 3), (5, 5)])
        {
            Instruction last = new(operation, destination, isUnary ? (byte)0 : source, 0, 0);
            Check([new(Operation.Move32Register, destination, destination, 0, 0), new(Operation.Move32Register, source, source, 0, 0), last], Frames.All, destination, source);
        }
    }

    [Theory]
    [MemberData(nameof(Register))]
    public void The_frame_pointer_as_source(Operation operation)
    {
        Processor.Require();
        OpcodeRow row = OpcodeTable.Row(operation);
        if (row.Shape == InstructionShape.AluUnary || !row.Is64Bit || row.Alu is not (AluOperator.Add or AluOperator.Subtract or AluOperator.ExclusiveOr))
        {
            // Where the stack lies must not come out: of these it can be taken out again.
            return;
        }

        Operation back = row.Alu switch
        {
            AluOperator.Add => Operation.Subtract64Register,
            AluOperator.Subtract => Operation.Add64Register,
            _ => operation,
        };
        Check([new(operation, 3, 10, 0, 0), new(Operation.Move64Register, 4, 10, 0, 0), new(Operation.Add64Immediate, 4, 0, 0, -64), new(Operation.Add64Immediate, 4, 0, 0, 64), new(back, 3, 4, 0, 0)], [3], 3, 5);
    }

    [Theory]
    [MemberData(nameof(Immediate))]
    public void Constants_of_all_kinds(Operation operation)
    {
        Processor.Require();
        foreach (long immediate in Processor.Sample(Constants))
        {
            foreach (byte destination in (byte[])[0, 6])
            {
                var instruction = new Instruction(operation, destination, 0, 0, immediate);
                Instruction[][] bodies =
                [
                    [instruction],
                    [new(Operation.Move64Register, destination, 4, 0, 0), instruction],
                    [new(Operation.Move32Register, destination, destination, 0, 0), instruction],
                    [new(Operation.ShiftRight64Immediate, destination, 0, 0, 9), instruction],
                ];
                foreach (Instruction[] body in bodies)
                {
                    using var differ = new Differ(Frames.Around(body, Frames.All), $"{string.Join("; ", body)}", Processor.Every > 1 ? [Plain, Differ.Options[2]] : Differ.Options);
                    foreach ((ulong left, ulong right) in Values)
                    {
                        differ.Check(Frames.Context((destination, left), (4, right)));
                    }

                    differ.Check(Frames.Context((destination, (ulong)immediate), (4, (ulong)immediate - 1)));
                    differ.Check(Frames.Context((destination, (ulong)-immediate), (4, (ulong)immediate + 1)));
                }
            }
        }
    }

    [Fact]
    public void Quotients_and_remainders_of_many_divisors()
    {
        Processor.Require();
        var random = new Random(3);
        Operation[] operations = [Operation.Divide64Immediate, Operation.Modulo64Immediate, Operation.Divide32Immediate, Operation.Modulo32Immediate];
        for (int i = 0; i < 400 / Processor.Every; i++)
        {
            long divisor = random.Next() >> random.Next(31);
            divisor = random.Next(4) == 0 ? -divisor : divisor;
            foreach (Operation operation in operations)
            {
                using var differ = new Differ(Frames.Around([new(operation, 7, 0, 0, divisor)], 7), $"{operation} {divisor}", Plain);
                foreach (ulong factor in (ulong[])[1, 2, 3, 0xffff, 0xffff_ffff, 0x1_2345_6789])
                {
                    ulong near = (ulong)divisor * factor;
                    differ.Check(Frames.Context((7, near)));
                    differ.Check(Frames.Context((7, near - 1)));
                    differ.Check(Frames.Context((7, near + 1)));
                    differ.Check(Frames.Context((7, ~near)));
                }
            }
        }
    }

    private static void Check(Instruction[] body, IEnumerable<int> observed, int destination, int source)
    {
        using var differ = new Differ(Frames.Around(body, observed), $"{string.Join("; ", body)}, observed {string.Join(' ', observed)}", Plain);
        foreach ((ulong left, ulong right) in Values)
        {
            differ.Check(Frames.Context((source, right), (destination, left)));
        }
    }
}
