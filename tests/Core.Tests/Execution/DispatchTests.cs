using System.Numerics;
using Skep.Contracts;
using Skep.Core.Tests.Isa;
using Skep.Core.Tests.Semantics;
using Skep.Execution.Calls;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Core.Tests.Execution;

/// <summary>Every row of the opcode table does in both interpreters what the RFC, told a second time, says.</summary>
public sealed class DispatchTests
{
    private const byte D = 2;
    private const byte S = 3;
    private const int Cell = 16;

    private static readonly ulong[] Values =
        [0, 1, 2, 31, 63, 65, 0x7f, 0x80, 0xffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0001, 0x8000_0000_0000_0000, ulong.MaxValue, 0x0123_4567_89ab_cdef];

    public static TheoryData<Operation> Operations => IsaSamples.Operations;

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_means_what_the_RFC_says(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        Action<OpcodeRow> test = row.Shape switch
        {
            InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned => Arithmetic,
            InstructionShape.JumpImmediate or InstructionShape.JumpRegister => Condition,
            InstructionShape.Load or InstructionShape.LoadAcquire => Load,
            InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.StoreRelease => Store,
            InstructionShape.AtomicUpdate or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange => ReadModifyWrite,
            InstructionShape.LoadPacket => Packet,
            InstructionShape.LoadWide => Wide,
            _ => Control,
        };
        test(row);
    }

    private static void Arithmetic(OpcodeRow row)
    {
        foreach (ulong left in Values)
        {
            foreach (ulong right in Values)
            {
                long immediate = row.Shape == InstructionShape.AluImmediate ? (int)right : 0;
                Instruction tested = new(row.Operation, D, row.UsesSourceRegister ? S : (byte)0, 0, immediate);
                ulong expected = RfcReference.Alu(InstructionEncoder.EncodeFirst(tested), left, right);
                Expect(expected, [.. Set(D, left), .. Set(S, right), tested, .. Return(D)]);
            }
        }
    }

    private static void Condition(OpcodeRow row)
    {
        foreach (ulong left in Values)
        {
            foreach (ulong right in Values)
            {
                long immediate = row.Shape == InstructionShape.JumpImmediate ? (int)right : 0;
                Instruction tested = new(row.Operation, D, row.UsesSourceRegister ? S : (byte)0, 2, immediate);
                bool taken = RfcReference.IsTaken(InstructionEncoder.EncodeFirst(tested), left, right);
                Expect(taken ? 2u : 1u, [.. Set(D, left), .. Set(S, right), tested, Move(0, 1), Exit, Move(0, 2), Exit]);
            }
        }
    }

    private static void Load(OpcodeRow row)
    {
        byte[] memory = [.. Enumerable.Range(0, Cell).Select(i => (byte)(0x83 + (i * 7)))];
        var value = new BigInteger(memory.AsSpan(8, row.AccessSize), isUnsigned: !row.SignExtends);
        ulong expected = (ulong)(value & ulong.MaxValue);
        Expect(expected, [new(row.Operation, D, 1, 8, 0), .. Return(D)], memory, memory);
    }

    private static void Store(OpcodeRow row)
    {
        foreach (ulong value in Values)
        {
            byte[] before = [.. Enumerable.Repeat((byte)0xee, Cell)];
            byte[] after = [.. before];
            bool immediate = row.Shape == InstructionShape.StoreImmediate;
            ulong stored = immediate ? (ulong)(int)value : value;
            BitConverter.GetBytes(stored).AsSpan(0, row.AccessSize).CopyTo(after.AsSpan(8));
            Instruction tested = new(row.Operation, 1, immediate ? (byte)0 : S, 8, immediate ? (int)value : 0);
            Expect(7, [.. Set(S, value), tested, Move(0, 7), Exit], before, after);
        }
    }

    private static void ReadModifyWrite(OpcodeRow row)
    {
        ulong mask = row.AccessSize == 8 ? ulong.MaxValue : uint.MaxValue;
        foreach (ulong old in Values)
        {
            foreach (ulong operand in Values)
            {
                ulong was = old & mask;
                ulong compared = operand & 1; // equal to what is there for some of the values
                ulong now = mask & row.Atomic switch
                {
                    AtomicOperator.Add => unchecked(was + operand),
                    AtomicOperator.Or => was | operand,
                    AtomicOperator.And => was & operand,
                    AtomicOperator.ExclusiveOr => was ^ operand,
                    AtomicOperator.Exchange => operand,
                    _ => was == compared ? operand : was,
                };
                byte[] before = [.. new byte[8], .. BitConverter.GetBytes(old)];
                byte[] after = [.. before];
                BitConverter.GetBytes(now).AsSpan(0, row.AccessSize).CopyTo(after.AsSpan(8));
                ulong result = row.Shape switch
                {
                    InstructionShape.AtomicUpdate => operand,
                    InstructionShape.AtomicFetch => was,
                    _ => was,
                };
                byte resultRegister = row.Shape == InstructionShape.AtomicCompareExchange ? (byte)0 : S;
                Expect(result, [.. Set(S, operand), .. Set(0, compared), new(row.Operation, 1, S, 8, 0), .. Return(resultRegister)], before, after);
            }
        }
    }

    private static void Packet(OpcodeRow row)
    {
        byte[] packet = [.. Enumerable.Range(0, Cell).Select(i => (byte)(0x91 + i))];
        ulong expected = (ulong)new BigInteger(packet.AsSpan(5, row.OperandBits / 8), isUnsigned: true, isBigEndian: true);
        bool indirect = row.UsesSourceRegister;
        Expect(expected, [.. Set(S, 3), new(row.Operation, 0, indirect ? S : (byte)0, 0, indirect ? 2 : 5), Exit], packet, packet);
    }

    private static void Wide(OpcodeRow row)
    {
        Instruction[] tested = [new(row.Operation, 0, 0, 0, 0x0123_4567_89ab_cdef), new(Operation.Continuation, 0, 0, 0, 0x0123_4567L << 32), Exit];
        switch (row.Operation)
        {
            case Operation.LoadImmediate64:
                Expect(0x0123_4567_89ab_cdef, tested);
                break;
            case Operation.LoadFunction:
                Expect(FunctionAddress.Of(3), [tested[0] with { Immediate = 2 }, tested[1] with { Immediate = 0 }, Exit, Move(0, 1), Exit]);
                break;
            default:
                // Lowering leaves none of them, so that engines refuse them.
                ExpectTrap(tested);
                break;
        }
    }

    private static void Control(OpcodeRow row)
    {
        Instruction jump = new(row.Operation, 0, 0, 2, 0);
        switch (row.Operation)
        {
            case Operation.Jump or Operation.JumpLong:
                Expect(2, [jump, Move(0, 1), Exit, Move(0, 2), Exit]);
                break;
            case Operation.MayGoto:
                Expect(1, [jump, Move(0, 1), Exit, Move(0, 2), Exit]);
                break;
            case Operation.CallLocal:
                Expect(6, [Move(1, 5), jump with { Offset = 1 }, Exit, new(Operation.Add64Immediate, 1, 0, 0, 1), .. Return(1)]);
                break;
            case Operation.CallHelper:
                Expect(40, [Move(1, 39), jump with { Offset = 0, Immediate = 77 }, Exit]);
                break;
            case Operation.CallRegister:
                Expect(40, [Move(1, 39), Move(4, 77), jump with { Offset = 0, Destination = 4 }, Exit]);
                break;
            case Operation.CallNamed:
                Expect(40, [Move(1, 39), jump with { Offset = 0 }, Exit]);
                break;
            case Operation.Exit:
                Expect(9, [Move(0, 9), Exit]);
                break;
            default:
                Assert.Fail($"{row.Operation} has no test.");
                break;
        }
    }

    private static Instruction Exit => new(Operation.Exit, 0, 0, 0, 0);

    private static Instruction Move(byte register, int value) => new(Operation.Move64Immediate, register, 0, 0, value);

    private static Instruction[] Set(byte register, ulong value) =>
    [
        new(Operation.LoadImmediate64, register, 0, 0, (long)value),
        new(Operation.Continuation, 0, 0, 0, (long)(value & 0xffff_ffff_0000_0000)),
    ];

    private static Instruction[] Return(byte register) => [new(Operation.Move64Register, 0, register, 0, 0), Exit];

    private static unsafe TestProgram Program(Instruction[] code) => TestProgram.From(code) with
    {
        Helpers =
        [
            new(new HelperDescriptor("increment") { Number = new HelperNumber(77), Arguments = [new(HelperArgumentKind.Anything, "value")] }, (_, value, _, _, _, _) => value + 1),
        ],
        References = code.Any(instruction => instruction.Operation == Operation.CallNamed) ? [new ExternReference(new SlotIndex(1), "increment", ExternKind.NamedFunction, false)] : [],
    };

    private static void Expect(ulong expected, Instruction[] code, byte[]? before = null, byte[]? after = null)
    {
        using var memory = new GuardedMemory(Cell);
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            before?.CopyTo(memory.Bytes);
            RunResult result = Program(code).Run(mode, memory.Entry() with { Data = memory.Region() });
            Assert.Equal(new RunResult(expected, Trap.None), result);
            Assert.Equal(after ?? new byte[Cell], memory.Bytes);
            memory.AssertGuardsUntouched();
        }
    }

    private static void ExpectTrap(Instruction[] code)
    {
        VerifiedProgram verified = TestProgram.From(Move(0, 0), Exit).Lower().Verified;
        var lowered = new LoweredProgram(verified)
        {
            Instructions = [.. code],
            OriginalSlots = [.. Enumerable.Range(0, code.Length)],
            Functions = [new LoweredFunction(new SlotIndex(0), code.Length, 512, ClearsStack: true)],
            FuelSlots = [],
            Helpers = [],
            Maps = [],
        };
        foreach (Mode mode in Enum.GetValues<Mode>())
        {
            using var program = new LoadedProgram(
                new ProgramId(1),
                lowered,
                TestProgram.Engine(mode, lowered, Limits.Default),
                "",
                [],
                _ => { });
            Assert.Equal(TrapKind.InvalidInstruction, program.Run(default).Trap.Kind);
        }
    }
}
