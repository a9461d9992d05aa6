using Skep.Isa;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>Loads, stores and atomics: all registers, distances and ways to name an address.</summary>
public sealed class MemoryTests
{
    private const int Place = -256;

    public static TheoryData<Operation> Updates
        => Frames.Operations(
            InstructionShape.AtomicUpdate, InstructionShape.AtomicFetch, InstructionShape.AtomicCompareExchange, InstructionShape.StoreRegister, InstructionShape.StoreRelease);

    public static TheoryData<Operation> Loads => Frames.Operations(InstructionShape.Load, InstructionShape.LoadAcquire);

    public static TheoryData<Operation> StoredConstants => Frames.Operations(InstructionShape.StoreImmediate);

    [Theory]
    [MemberData(nameof(Updates))]
    public void Memory_and_registers_end_as_in_the_interpreter(Operation operation)
    {
        Processor.Require();
        foreach (byte address in (byte[])[0, 1, 5, 6, 9, 10])
        {
            foreach (byte value in Processor.Sample<byte>([0, 1, 2, 3, 5, 7, 9]))
            {
                if (value != address)
                {
                    Update(operation, address, value);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Updates))]
    public void Address_and_value_in_one_register(Operation operation)
    {
        Processor.Require();
        OpcodeRow row = OpcodeTable.Row(operation);
        if (row.OperandBits != 64 || row.Atomic is AtomicOperator.And or AtomicOperator.CompareExchange)
        {
            return;
        }

        // Memory gets the address: it is there, or there is nothing left when it is taken away again.
        foreach (byte register in (byte[])[0, 3, 7])
        {
            Instruction[] body =
            [
                new(Operation.StoreImmediate64, 10, 0, Place, 0),
                .. Point(register),
                new(operation, register, register, 0, 0),
                new(Operation.Load64, 4, 10, Place, 0),
                new(Operation.Move64Register, 5, 10, 0, 0),
                new(Operation.Add64Immediate, 5, 0, 0, Place),
                new(Operation.Subtract64Register, 4, 5, 0, 0),
            ];
            using var differ = new Differ(Frames.Around(body, 4), $"{body[3]}", Differ.Options);
            differ.Check(Frames.Context());
        }
    }

    [Theory]
    [MemberData(nameof(Loads))]
    public void Loads_extend_as_they_should(Operation operation)
    {
        Processor.Require();
        foreach (byte destination in Processor.Sample<byte>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
        {
            foreach (byte address in (byte[])[0, 1, 3, 8, 10])
            {
                Instruction[] body =
                [
                    new(Operation.StoreRegister64, 10, 4, Place, 0),
                    .. Point(address),
                    new(operation, destination, address, address == 10 ? Place : 0, 0),
                ];
                using var differ = new Differ(Frames.Around(body, destination), $"{body[^1]}", Differ.Options);
                foreach (ulong word in (ulong[])[0, 0x8080_8080_8080_8080, 0x7f7f_7f7f_7f7f_7f7f, 0x0123_4567_89ab_cdef])
                {
                    differ.Check(Frames.Context((4, word)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(StoredConstants))]
    public void Constants_are_stored(Operation operation)
    {
        Processor.Require();
        foreach (long immediate in (long[])[0, 1, -1, 0x7f, 0xff, 0x1234, -0x1234, int.MaxValue, int.MinValue])
        {
            foreach (long second in (long[])[0, 7])
            {
                int size = OpcodeTable.Row(operation).AccessSize;
                Instruction[] body =
                [
                    new(Operation.StoreImmediate64, 10, 0, Place, 0x5a5a5a5a), new(Operation.StoreImmediate64, 10, 0, Place + 8, 0x5a5a5a5a), new(operation, 10, 0, Place, immediate),
                    new(operation, 10, 0, Place + size, second), new(Operation.Load64, 3, 10, Place, 0), new(Operation.Load64, 5, 10, Place + 8, 0),
                ];
                using var differ = new Differ(Frames.Around(body, 3, 5), $"{body[2]}", Differ.Options);
                differ.Check(Frames.Context());
            }
        }
    }

    [Fact]
    public void Pairs_in_both_orders()
    {
        Processor.Require();
        foreach ((Operation load, Operation store, int size) in ((Operation, Operation, int)[])[(Operation.Load64, Operation.StoreRegister64, 8), (Operation.Load32, Operation.StoreRegister32, 4)])
        {
            foreach (int distance in (int[])[-size, size, 2 * size])
            {
                foreach ((byte first, byte second) in ((byte, byte)[])[(2, 3), (3, 2), (4, 4), (6, 7), (8, 2), (2, 8)])
                {
                    foreach (byte address in (byte[])[10, 8])
                    {
                        Instruction[] body =
                        [
                            .. Enumerable.Range(-3, 6).Select(i => new Instruction(Operation.StoreImmediate64, 10, 0, Place + 8 * i, i)),
                            .. Point(address),
                            new(store, address, address == first ? (byte)5 : first, address == 10 ? Place : 0, 0),
                            new(store, address, address == second ? (byte)5 : second, (address == 10 ? Place : 0) + distance, 0),
                            new(load, second, address, address == 10 ? Place : 0, 0),
                            .. address == second ? Point(address) : [],
                            new(load, first, address, (address == 10 ? Place : 0) + distance, 0),
                        ];
                        IEnumerable<int> observed = Frames.All.Where(register => register != address || register == first);
                        using var differ = new Differ(Frames.Around(body, observed), string.Join("; ", body), Differ.Options[0]);
                        differ.Check(Frames.Context());
                    }
                }
            }
        }
    }

    [Fact]
    public void Distances_and_sums()
    {
        Processor.Require();
        Operation[] operations = [Operation.Load8, Operation.Load16, Operation.Load32, Operation.Load64, Operation.LoadSigned8, Operation.LoadSigned16, Operation.LoadSigned32];
        foreach (Operation load in operations)
        {
            foreach (int offset in (int[])[0, 1, 3, 8, 40, 255, 256, 257, 4095, 4096, 4097, 8191, 16384, 32760, 32767, -1, -256, -257, -4096, -4097, -32768])
            {
                // The context is where R1 minus the offset says.
                Instruction[] body =
                [
                    new(Operation.Load64, 2, 10, -8, 0),
                    new(Operation.Add64Immediate, 2, 0, 0, -offset),
                    new(load, 3, 2, offset, 0),
                    new(load, 2, 2, offset, 0),
                ];
                using var differ = new Differ(Frames.Around(body, 2, 3), $"{load} {offset}", Differ.Options[0]);
                differ.Check(Frames.Context((0, 0x8182_8384_f5f6_f7f8)));
            }

            foreach (Instruction[] sum in Sums())
            {
                Instruction[] body = [new(Operation.Load64, 2, 10, -8, 0), .. sum, new(load, 5, 4, 0, 0)];
                foreach (IEnumerable<int> observed in (IEnumerable<int>[])[[5], [3, 5]])
                {
                    using var differ = new Differ(Frames.Around(body, observed), string.Join("; ", body), Differ.Options[0]);
                    differ.Check(Frames.Context((3, 3UL), (0, 0x8182_8384_f5f6_f7f8)));
                }
            }
        }
    }

    /// <summary>R4 = R2 plus something made of R3, which is 3.</summary>
    private static IEnumerable<Instruction[]> Sums()
    {
        Instruction move = new(Operation.Move64Register, 4, 2, 0, 0);
        Instruction add = new(Operation.Add64Register, 4, 3, 0, 0);
        yield return [move, add];
        yield return [new(Operation.Move64Register, 4, 3, 0, 0), new(Operation.Add64Register, 4, 2, 0, 0)];
        yield return [move, new(Operation.Move32Register, 3, 3, 0, 0), add];
        yield return [move, new(Operation.MoveSigned32To64, 3, 3, 0, 0), add];
        yield return [move, new(Operation.MoveSigned8To64, 3, 3, 0, 0), add];
        foreach (long shift in (long[])[1, 2, 3, 4])
        {
            yield return [move, new(Operation.ShiftLeft64Immediate, 3, 0, 0, shift), add];
            yield return [new(Operation.Move64Register, 4, 3, 0, 0), new(Operation.ShiftLeft64Immediate, 4, 0, 0, shift), new(Operation.Add64Register, 4, 2, 0, 0)];
            yield return [move, new(Operation.Move32Register, 6, 3, 0, 0), new(Operation.ShiftLeft64Immediate, 6, 0, 0, shift), new(Operation.Add64Register, 4, 6, 0, 0)];
        }
    }

    private static Instruction[] Point(byte address) => address == 10
        ? []
        : [new(Operation.Move64Register, address, 10, 0, 0), new(Operation.Add64Immediate, address, 0, 0, Place)];

    private static void Update(Operation operation, byte address, byte value)
    {
        Instruction[] body =
        [
            new(Operation.StoreRegister64, 10, 9, Place, 0),
            new(Operation.StoreRegister64, 10, 8, Place + 8, 0),
            .. Point(address),
            new(operation, address, value, address == 10 ? Place : 0, 0),
            new(Operation.StoreRegister64, 10, value, Place + 24, 0),
            new(Operation.StoreRegister64, 10, address == 0 && OpcodeTable.Row(operation).Atomic != AtomicOperator.CompareExchange ? (byte)2 : (byte)0, Place + 32, 0),
            new(Operation.Load64, 2, 10, Place, 0),
            new(Operation.Load64, 3, 10, Place + 8, 0),
            new(Operation.Load64, 4, 10, Place + 24, 0),
            new(Operation.Load64, 5, 10, Place + 32, 0),
        ];
        if (address == 0 && OpcodeTable.Row(operation).Atomic == AtomicOperator.CompareExchange)
        {
            // What is expected would be an address, which is never there.
            body[^5] = body[^5] with { Source = 2 };
        }

        using var differ = new Differ(Frames.Around(body, 2, 3, 4, 5), $"{string.Join("; ", body)}", Differ.Options);
        foreach ((ulong expected, ulong there, ulong operand) in ((ulong, ulong, ulong)[])[(5, 5, 9), (0xffff_ffff_0000_0005, 5, 0xf0f0_f0f0_f0f0_f0f0), (1, 0x8000_0000_8000_0001, 0x1_0000_0001)])
        {
            ulong[] context = Frames.Context((8, operand), (9, there), (0, expected));
            if (value is not (0 or 8 or 9))
            {
                context[value] = operand;
            }

            differ.Check(context);
        }
    }
}
