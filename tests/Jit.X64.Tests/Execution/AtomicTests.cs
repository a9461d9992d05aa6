using Skep.Isa;

namespace Skep.Jit.X64.Tests.Execution;

/// <summary>Atomics and plain accesses with every pair of registers, on the stack and through pointers.</summary>
public class AtomicTests
{
    private const int Place = -256;

    public static TheoryData<Operation> Updates => Of(InstructionShape.AtomicUpdate, InstructionShape.AtomicFetch, InstructionShape.AtomicCompareExchange, InstructionShape.StoreRegister, InstructionShape.StoreRelease);

    public static TheoryData<Operation> Loads => Of(InstructionShape.Load, InstructionShape.LoadAcquire);

    public static TheoryData<Operation> Constants => Of(InstructionShape.StoreImmediate);

    [Theory]
    [MemberData(nameof(Updates))]
    public void Memory_and_registers_end_as_in_the_interpreter(Operation operation)
    {
        foreach (byte address in (byte[])[0, 1, 2, 3, 5, 6, 7, 8, 10])
        {
            for (byte value = 0; value < 10; value++)
            {
                // R10 or a copy of it has the address; where the value is the address itself it must not come out, since stacks differ.
                if (value == address)
                {
                    continue;
                }

                Check(operation, address, value, [.. Frames.All]);
                Check(operation, address, value, value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Updates))]
    public void Address_and_value_in_one_register(Operation operation)
    {
        foreach (byte register in (byte[])[0, 1, 3, 7])
        {
            // Both runs have the same stack depth or not: what is compared is whether the memory has what the register had.
            Instruction[] body =
            [
                new(Operation.StoreImmediate64, 10, 0, Place, 0),
                new(Operation.Move64Register, register, 10, 0, 0),
                new(Operation.Add64Immediate, register, 0, 0, Place),
                new(operation, register, register, 0, 0),
                new(Operation.Load64, 4, 10, Place, 0),
                new(Operation.Move64Register, 5, 10, 0, 0),
                new(Operation.Add64Immediate, 5, 0, 0, Place),
                new(Operation.Subtract64Register, 4, 5, 0, 0),
                new(Operation.Move64Immediate, 2, 0, 0, 0),
                new(Operation.JumpNotEqual64Immediate, 4, 0, 1, 0),
                new(Operation.Move64Immediate, 2, 0, 0, 1),
            ];
            if (OpcodeTable.Row(operation) is { OperandBits: 64 } row && row.Atomic is not (AtomicOperator.And or AtomicOperator.CompareExchange))
            {
                using var differ = new Differ(Frames.Around(body, 2), $"{body[3]}", Frames.Options);
                differ.Check(new ulong[2 * Frames.Words]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Loads))]
    public void Loads_extend_as_they_should(Operation operation)
    {
        for (byte destination = 0; destination < 10; destination++)
        {
            foreach (byte address in (byte[])[0, 1, 3, 8, 10])
            {
                Instruction[] body =
                [
                    new(Operation.StoreRegister64, 10, 4, Place, 0),
                    .. Point(address),
                    new(operation, destination, address, address == 10 ? Place : 0, 0),
                ];
                using var differ = new Differ(Frames.Around(body, destination), $"{body[^1]}", Frames.Options);
                foreach (ulong word in (ulong[])[0, 0x8080_8080_8080_8080, 0x7f7f_7f7f_7f7f_7f7f, 0x0123_4567_89ab_cdef])
                {
                    var context = new ulong[2 * Frames.Words];
                    context[4] = word;
                    differ.Check(context);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public void Constants_are_stored(Operation operation)
    {
        foreach (long immediate in (long[])[0, 1, -1, 0x7f, 0xff, 0x1234, -0x1234, int.MaxValue, int.MinValue])
        {
            Instruction[] body = [new(Operation.StoreImmediate64, 10, 0, Place, 0x5a5a5a5a), new(operation, 10, 0, Place, immediate), new(Operation.Load64, 3, 10, Place, 0)];
            using var differ = new Differ(Frames.Around(body, 3), $"{body[1]}", Frames.Options);
            differ.Check(new ulong[2 * Frames.Words]);
        }
    }

    private static Instruction[] Point(byte address) => address == 10
        ? []
        : [new(Operation.Move64Register, address, 10, 0, 0), new(Operation.Add64Immediate, address, 0, 0, Place)];

    private static void Check(Operation operation, byte address, byte value, params int[] observed)
    {
        Instruction[] body =
        [
            new(Operation.StoreRegister64, 10, 9, Place, 0),
            new(Operation.StoreRegister64, 10, 8, Place + 8, 0),
            .. Point(address),
            new(operation, address, value, address == 10 ? Place : 0, 0),
            new(Operation.StoreImmediate64, 10, 0, Place + 16, 0),
        ];
        Instruction[] look = [new(Operation.Load64, 9, 10, Place, 0), new(Operation.Load64, 8, 10, Place + 8, 0)];

        // R0 stands for the expected value, R8 and R9 for what is in memory: once equal, once not.
        Instruction[] all = observed.Length == 1 ? body : [.. body, .. look];
        int[] seen = [.. observed.Where(register => register != address)];
        using var differ = new Differ(Frames.Around(all, seen), $"{body[^2]}, observed {string.Join(' ', seen)}", Frames.Options);
        foreach ((ulong expected, ulong there, ulong operand) in ((ulong, ulong, ulong)[])[(5, 5, 9), (0xffff_ffff_0000_0005, 5, 0xf0f0_f0f0_f0f0_f0f0), (1, 0x8000_0000_8000_0001, 0x1_0000_0001)])
        {
            var context = new ulong[2 * Frames.Words];
            context.AsSpan(0, 10).Fill(operand);
            context[0] = value == 0 ? operand : expected;
            context[9] = there;
            context[8] = operand;
            differ.Check(context);
        }
    }

    private static TheoryData<Operation> Of(params InstructionShape[] shapes) => [.. OpcodeTable.Rows.Where(row => shapes.Contains(row.Shape)).Select(row => row.Operation)];
}
