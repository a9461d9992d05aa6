using System.Collections.Immutable;
using Skep.Core.Tests.Execution;
using Skep.Isa;
using Skep.Runtime;
using static Skep.Jit.Cil.Tests.CilRun;

namespace Skep.Jit.Cil.Tests;

/// <summary>
/// Random programs, with branches both ways, stack and memory: what they give, what they write and where their fuel ends is as in the
/// interpreter. The environment variable SKEP_CIL_RANDOM_PROGRAMS says how many; the seed is the number of the program.
/// </summary>
public sealed class RandomProgramTests
{
    private const int Words = 8;
    private const int Length = 60;
    private const int First = 12;

    private static readonly OpcodeRow[] Arithmetic =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned)];

    private static readonly OpcodeRow[] Moves = [.. new[] { Operation.Move64Register, Operation.Move32Register, Operation.Move64Immediate }.Select(OpcodeTable.Row)];

    private static readonly OpcodeRow[] Jumps = [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.JumpImmediate or InstructionShape.JumpRegister)];

    private static readonly OpcodeRow[] Accesses =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.Load or InstructionShape.StoreImmediate or InstructionShape.StoreRegister or InstructionShape.AtomicFetch or InstructionShape.AtomicCompareExchange)];

    [Fact]
    public void Run_as_in_the_interpreter()
    {
        int programs = int.TryParse(Environment.GetEnvironmentVariable("SKEP_CIL_RANDOM_PROGRAMS"), out int asked) ? asked : 300;
        for (int seed = 0; seed < programs; seed++)
        {
            var random = new Random(seed);
            TestProgram program = Make(random);
            ulong[] memory = [.. Enumerable.Range(0, Words).Select(_ => Values[random.Next(Values.Length)])];
            try
            {
                Compare(program, memory);
            }
            catch (Exception exception) when (exception is not NotSupportedException)
            {
                string text = string.Join('\n', program.Instructions.Select((instruction, slot) => $"{slot}: {instruction}{(program.FuelSlots.Contains(slot) ? " (fuel)" : "")}"));
                Assert.Fail($"seed {seed}: {exception.Message}\n{text}");
            }
        }
    }

    /// <summary>R9 is the memory and R10 the stack; the others are numbers.</summary>
    private static TestProgram Make(Random random)
    {
        // Where R10 is stored, the whole stack stays memory; its address is overwritten, since it differs from engine to engine.
        bool escapes = random.Next(3) == 0;
        Instruction spill = escapes ? CilRun.Make(Operation.StoreRegister64, 10, 10, -8) : CilRun.Make(Operation.StoreImmediate64, 10, 0, -16);
        var code = new List<Instruction> { CilRun.Make(Operation.Move64Register, 9, 1), spill, CilRun.Make(Operation.StoreImmediate64, 10, 0, -8) };
        for (int register = 0; register < 9; register++)
        {
            code.Add(CilRun.Make(random.Next(2) == 0 ? Operation.Load64 : Operation.Load32, register, 9, 8 * random.Next(Words)));
        }

        var fuel = ImmutableArray.CreateBuilder<int>();
        while (code.Count < First + Length)
        {
            int slot = code.Count;
            Instruction next = random.Next(8) switch
            {
                0 => Branch(random, slot),
                1 or 2 => Access(random, Accesses[random.Next(Accesses.Length)]),
                3 => Alu(random, Moves[random.Next(Moves.Length)]),
                _ => Alu(random, Arithmetic[random.Next(Arithmetic.Length)]),
            };
            if (next.Row.IsBranch && next.Offset < 0)
            {
                fuel.Add(slot);
            }

            code.Add(next);
        }

        for (int register = 0; register < 9; register++)
        {
            code.Add(CilRun.Make(Operation.Add64Register, 0, register));
        }

        code.Add(CilRun.Make(Operation.Exit));
        return Program(code) with { FuelSlots = fuel.ToImmutable(), Limits = new Limits { MaxFuel = 50 } };
    }

    private static Instruction Alu(Random random, OpcodeRow row)
        => CilRun.Make(row.Operation, random.Next(9), row.ReadsSource ? random.Next(9) : 0, 0, row.Shape == InstructionShape.AluImmediate ? Immediates[random.Next(Immediates.Length)] : 0);

    private static Instruction Branch(Random random, int slot)
    {
        OpcodeRow row = Jumps[random.Next(Jumps.Length)];
        int target = random.Next(3) == 0 ? random.Next(First, slot + 1) : random.Next(slot + 1, Math.Min(slot + 12, First + Length) + 1);
        return CilRun.Make(row.Operation, random.Next(9), row.ReadsSource ? random.Next(9) : 0, target - slot - 1, row.ReadsSource ? 0 : Immediates[random.Next(Immediates.Length)]);
    }

    private static Instruction Access(Random random, OpcodeRow row)
    {
        bool isStack = random.Next(2) == 0;
        int size = row.OperandBits / 8;
        int offset = isStack ? -8 * random.Next(1, 7) : 8 * random.Next(Words);
        offset += random.Next(3) == 0 ? size * random.Next(8 / size) : 0;
        int address = isStack ? 10 : 9;
        return row.IsStore
            ? CilRun.Make(row.Operation, address, row.ReadsSource ? random.Next(9) : 0, offset, row.Shape == InstructionShape.StoreImmediate ? Immediates[random.Next(Immediates.Length)] : 0)
            : CilRun.Make(row.Operation, random.Next(9), address, offset);
    }
}
