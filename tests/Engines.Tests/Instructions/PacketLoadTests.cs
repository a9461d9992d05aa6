using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Engines.Tests.Harness;
using Skep.Isa;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Engines.Tests.Instructions;

/// <summary>Loads of classic BPF, in the packet, at its ends and outside of it, on every engine and the kernel.</summary>
public sealed class PacketLoadTests
{
    private const int Length = 40;

    private static readonly int[] Offsets = [0, 1, 13, 14, Length - 4, Length - 3, Length - 2, Length - 1, Length, Length + 1, 1000, int.MaxValue - 3, int.MaxValue];

    public static TheoryData<Operation> Operations => [.. OpcodeTable.Rows.Where(row => row.Shape == InstructionShape.LoadPacket).Select(row => row.Operation)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Reads_what_is_there_and_returns_0_where_nothing_is(Operation operation)
    {
        byte[] packet = [.. Enumerable.Range(0, Length).Select(i => (byte)(0x91 + (i * 5)))];
        bool isIndirect = OpcodeTable.Row(operation).UsesSourceRegister;
        using var world = new World([]);
        using var comparison = new Comparison(world, Comparison.DefaultLimits);
        foreach (int offset in Offsets)
        {
            foreach (byte source in isIndirect ? (byte[])[0, 1, 5, 7, 9] : [0])
            {
                foreach (ulong index in isIndirect ? (ulong[])[0, 3, 0xffff_ffff, 0x1_0000_0003, ulong.MaxValue] : [0])
                {
                    int immediate = isIndirect ? unchecked(offset - (int)index) : offset;
                    Check(comparison, world, packet, offset, [.. Set(source, index), new(operation, 0, isIndirect ? source : (byte)0, 0, immediate)]);
                }
            }
        }
    }

    private static void Check(Comparison comparison, World world, byte[] packet, int offset, Instruction[] tested)
    {
        int size = tested[^1].Row.OperandBits / 8;
        Instruction[] code =
        [
            new(Operation.Move64Register, 6, 1, 0, 0), new(Operation.Move64Immediate, 8, 0, 0, 0x777), new(Operation.StoreRegister64, 10, 8, -8, 0), .. tested,
            new(Operation.Move64Immediate, 1, 0, 0, 1), new(Operation.Add64Register, 0, 8, 0, 0), new(Operation.Exit, 0, 0, 0, 0),
        ];
        var spec = new ProgramSpec { Name = "load", License = "GPL", Section = "tc", Instructions = [.. InstructionEncoder.Encode(code)] };
        comparison.Load(spec, TestProgramTypes.Find("sched_cls"), VerificationPolicy.Default).GetOrThrow();
        Assert.True(comparison.IsProved);
        string? problem = comparison.Compare(
            () =>
            {
                world.Reset(1);
                world.SetPacket(packet);
            }, out Outcome outcome);
        Assert.Null(problem);
        ulong expected = 0;
        if (offset >= 0 && offset <= packet.Length - size)
        {
            expected = packet.AsSpan(offset, size).ToArray().Aggregate(0UL, (value, next) => value << 8 | next) + 0x777;
        }

        Assert.Equal(new Outcome(expected, Trap.None, Comparison.DefaultLimits.MaxFuel, 0), outcome);
        if (LiveKernel.IsAvailable(out _))
        {
            using KernelProgram program = KernelProgram.TryLoad([.. spec.Instructions.Select(slot => slot.Bits)], KernelProgramType.SchedCls).RequireProgram();
            Assert.Equal((uint)expected, program.TestRun(packet).ReturnValue);
        }
    }

    private static ImmutableArray<Instruction> Set(byte register, ulong value) =>
    [
        new(Operation.LoadImmediate64, register, 0, 0, (long)value),
        new(Operation.Continuation, 0, 0, 0, (long)(value & 0xffff_ffff_0000_0000)),
    ];
}
