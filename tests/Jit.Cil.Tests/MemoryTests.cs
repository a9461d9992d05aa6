using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Isa;
using Skep.Programs;
using static Skep.Jit.Cil.Tests.CilRun;

namespace Skep.Jit.Cil.Tests;

/// <summary>Loads, stores, atomics, packet loads: the same result and the same memory as in the interpreter.</summary>
public sealed class MemoryTests
{
    private static readonly ulong[] Memory = [0x8877_6655_4433_2211, 0xffee_ddcc_bbaa_9988, 0, 0x0102_0304_0506_0708, ulong.MaxValue, 0x8000_0000_7fff_ffff];

    public static TheoryData<Operation, int> Accesses => new(
        from row in OpcodeTable.Rows
        where row.IsLoad || row.IsStore
        from offset in row.IsAtomic ? [0, 8, 16] : (int[])[0, 1, 3, 8, 24]
        select (row.Operation, offset));

    /// <summary>The address in R1 or in a register that is also the value's; memory of the run, then of the stack.</summary>
    [Theory]
    [MemberData(nameof(Accesses))]
    public void Accesses_do_what_they_do_in_the_interpreter(Operation operation, int offset)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        foreach ((int address, int value) in (ReadOnlySpan<(int, int)>)[(1, 2), (2, 3), (9, 9), (0, 4), (4, 0), (0, 0)])
        {
            List<Instruction> code =
            [
                Make(Operation.Move64Register, 6, 1),
                Make(Operation.Load64, 0, 1, 16), Make(Operation.Load64, value, 1, 40), Make(Operation.Move64Register, address, 6),
                Access(row, address, value, offset),
            ];
            foreach (int register in (ReadOnlySpan<int>)[0, value])
            {
                // An address is not the same in every run; the distance is.
                code.Add(Make(Operation.JumpNotEqual64Register, register, 6, 1));
                code.Add(Make(Operation.Move64Immediate, register, immediate: 99));
            }

            code.AddRange([Make(Operation.StoreRegister64, 6, value, 48), Make(Operation.Exit)]);
            if (row.IsStore && !row.IsReadModifyWrite && address == value || row.IsReadModifyWrite && address == value)
            {
                continue;
            }

            Compare(Program(code), [.. Memory, 0]);
        }
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Accesses_of_the_stack_too(Operation operation, int offset)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        List<Instruction> code = [Make(Operation.Move64Register, 6, 1)];
        for (int word = 0; word < Memory.Length; word++)
        {
            code.Add(Make(Operation.Load64, 2, 6, word * 8));
            code.Add(Make(Operation.StoreRegister64, 10, 2, (word - Memory.Length) * 8));
        }

        code.AddRange([Make(Operation.Load64, 0, 6, 0), Make(Operation.Load64, 3, 6, 8), Access(row, 10, 3, offset - (Memory.Length * 8)), Make(Operation.StoreRegister64, 6, 3, 48)]);
        for (int word = 0; word < Memory.Length; word++)
        {
            code.Add(Make(Operation.Load64, 2, 10, (word - Memory.Length) * 8));
            code.Add(Make(Operation.StoreRegister64, 6, 2, word * 8));
        }

        code.Add(Make(Operation.Exit));
        Compare(Program(code), [.. Memory, 0]);
    }

    [Theory]
    [InlineData("r0 = *(u8 *)skb[2]", 0x33UL)]
    [InlineData("r0 = *(u16 *)skb[2]", 0x3344UL)]
    [InlineData("r0 = *(u32 *)skb[1]", 0x2233_4455UL)]
    [InlineData("r2 = 3\nr0 = *(u16 *)skb[r2 + 1]", 0x5566UL)]
    [InlineData("r2 = 3\nr0 = *(u16 *)skb[r2 + -1]", 0x3344UL)]
    [InlineData("r2 = 0x1ffffffff\nr0 = *(u8 *)skb[r2 + 1]", 0x11UL)]
    [InlineData("r0 = *(u8 *)skb[6]", null)]
    [InlineData("r0 = *(u16 *)skb[5]", null)]
    [InlineData("r0 = *(u32 *)skb[2]", 0x3344_5566UL)]
    [InlineData("r0 = *(u32 *)skb[3]", null)]
    [InlineData("r2 = -1\nr0 = *(u8 *)skb[r2 + 0]", null)]
    public unsafe void Packets_are_read_in_network_order_and_past_their_end_the_program_ends(string load, ulong? expected)
    {
        TestProgram program = TestProgram.From($"r6 = r1\n{load}\nr0 += 1\nexit");
        byte* packet = stackalloc byte[] { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77 };
        var entry = new ProgramEntry(0, 0, MemoryRegion.None, new MemoryRegion((nint)packet, 6, MemoryAccess.Read));
        using LoadedProgram compiled = program.LoadCil();
        Assert.Equal(new RunResult(expected + 1 ?? 0, Trap.None), compiled.Run(entry));
        Assert.Equal(new RunResult(0, Trap.None), compiled.Run(entry with { Data = entry.Data with { Access = MemoryAccess.None } }));
    }

    private static Instruction Access(OpcodeRow row, int address, int value, int offset) => row switch
    {
        { IsStore: false } => Make(row.Operation, value, address, offset),
        { Shape: InstructionShape.StoreImmediate } => Make(row.Operation, address, 0, offset, -559038737),
        _ => Make(row.Operation, address, value, offset),
    };
}
