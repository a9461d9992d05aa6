using Skep.Contracts;
using Skep.Isa;
using Skep.KernelOracle;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Core.Tests.Execution;

/// <summary>
/// Every row of the opcode table that Linux lets a program run gives in both interpreters what the running kernel gives: registers,
/// branches and memory.
/// </summary>
public sealed class KernelResultTests
{
    private const byte D = 1;
    private const byte S = 2;
    private const int Cell = 16;

    private static readonly ulong[] Values = [0, 1, 33, 0x8000_0000, 0xffff_ffff, 0x8000_0000_0000_0000, ulong.MaxValue, 0x0123_4567_89ab_cdef];

    public static TheoryData<Operation> Computations => Where(row => row.Shape
        is InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned
        or InstructionShape.JumpImmediate or InstructionShape.JumpRegister);

    public static TheoryData<Operation> MemoryAccesses => Where(row => row.IsLoad || row.IsStore);

    public static TheoryData<Operation> PacketLoads => Where(row => row.Shape == InstructionShape.LoadPacket);

    [Theory]
    [MemberData(nameof(Computations))]
    public void Computation_gives_what_the_kernel_gives(Operation operation)
    {
        SkipWithoutKernel();
        OpcodeRow row = OpcodeTable.Row(operation);
        bool isJump = row.IsConditional;
        bool hasImmediate = row.Shape is InstructionShape.AluImmediate or InstructionShape.JumpImmediate;
        int ran = 0;
        foreach (ulong left in Values)
        {
            foreach (ulong right in row.UsesSourceRegister || hasImmediate ? Values : [0])
            {
                Instruction tested = new(operation, D, row.UsesSourceRegister ? S : (byte)0, isJump ? 2 : 0, hasImmediate ? (int)right : 0);
                Instruction[] code = isJump ? [tested, Move(0, 1), Exit, Move(0, 2), Exit] : [tested, new(Operation.Move64Register, 0, D, 0, 0), Exit];
                KernelSnippetResult kernel = KernelHarness.RunAlu(Slots(code), left, right);
                if (kernel.Error != KernelOracle.Errno.None)
                {
                    // Linux refuses constants that make no sense: a division by 0, a shift by the width and more.
                    Assert.True(hasImmediate && kernel.Log.Length > 0, $"{operation}: {kernel.Error} {kernel.Log}");
                    continue;
                }

                ran++;
                Expect(kernel.R0, [.. Set(D, left), .. Set(S, right), .. code], [], []);
            }
        }

        Assert.NotEqual(0, ran);
    }

    [Theory]
    [MemberData(nameof(MemoryAccesses))]
    public void Memory_access_gives_what_the_kernel_gives(Operation operation)
    {
        SkipWithoutKernel();
        OpcodeRow row = OpcodeTable.Row(operation);
        bool isLoad = row.Shape is InstructionShape.Load or InstructionShape.LoadAcquire;
        bool isImmediate = row.Shape == InstructionShape.StoreImmediate;
        foreach (ulong old in Values)
        {
            foreach (ulong operand in isLoad ? [0] : Values)
            {
                Instruction tested = isLoad
                    ? new(operation, 0, 1, 8, 0)
                    : new(operation, 1, isImmediate ? (byte)0 : S, 8, isImmediate ? (int)operand : 0);
                Instruction[] result = row.Shape == InstructionShape.AtomicFetch ? [new(Operation.Move64Register, 0, S, 0, 0), Exit] : [Exit];
                Instruction[] code = [.. Set(S, operand), .. isLoad ? [] : Set(0, operand & 1), tested, .. result];
                byte[] before = [.. BitConverter.GetBytes(~old), .. BitConverter.GetBytes(old)];
                byte[] after = [.. before];
                KernelSnippetResult kernel = KernelHarness.RunMemory(Slots(code), after);
                Assert.True(kernel.Error == KernelOracle.Errno.None, $"{operation}: {kernel.Error} {kernel.Log}");
                Expect(kernel.R0, code, before, after);
            }
        }
    }

    [Theory]
    [MemberData(nameof(PacketLoads))]
    public void Packet_load_gives_what_the_kernel_gives(Operation operation)
    {
        SkipWithoutKernel();
        byte[] packet = [.. Enumerable.Range(0, Cell).Select(i => (byte)(0x91 + i))];
        bool indirect = OpcodeTable.Row(operation).UsesSourceRegister;
        foreach (int offset in (int[])[0, 5, 12, 13, 14, 15, 16])
        {
            Instruction[] code = [.. Set(S, 3), new(operation, 0, indirect ? S : (byte)0, 0, indirect ? offset - 3 : offset), Exit];
            KernelLoadResult loaded = KernelProgram.TryLoad(Slots([new(Operation.Move64Register, 6, 1, 0, 0), .. code]), KernelProgramType.SchedCls);
            using KernelProgram program = loaded.RequireProgram();
            Expect(program.TestRun(packet).ReturnValue, code, packet, packet);
        }
    }

    private static Instruction Exit => new(Operation.Exit, 0, 0, 0, 0);

    private static Instruction Move(byte register, int value) => new(Operation.Move64Immediate, register, 0, 0, value);

    private static Instruction[] Set(byte register, ulong value) =>
    [
        new(Operation.LoadImmediate64, register, 0, 0, (long)value),
        new(Operation.Continuation, 0, 0, 0, (long)(value & 0xffff_ffff_0000_0000)),
    ];

    private static ulong[] Slots(Instruction[] code) => [.. InstructionEncoder.Encode(code).Select(slot => slot.Bits)];

    private static TheoryData<Operation> Where(Func<OpcodeRow, bool> wanted)
        => [.. OpcodeTable.Rows.Where(wanted).Select(row => row.Operation)];

    private static void SkipWithoutKernel() => Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);

    private static void Expect(ulong expected, Instruction[] code, byte[] before, byte[] after)
    {
        using var memory = new GuardedMemory(Cell);
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            before.CopyTo(memory.Bytes);
            RunResult result = TestProgram.From(code).Run(mode, memory.Entry() with { Data = memory.Region() });
            Assert.Equal(new RunResult(expected, Trap.None), result);
            Assert.Equal(after, memory.Bytes[..after.Length].ToArray());
        }
    }
}
