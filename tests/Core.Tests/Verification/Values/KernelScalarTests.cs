using Skep.Isa;
using Skep.KernelOracle;
using Skep.Verification.Values;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>
/// Random straight programs through the running kernel's verifier: after each instruction it must not know more of a register
/// than we do, so that a program that it accepts for what it knows of numbers is accepted here.
/// </summary>
public sealed class KernelScalarTests
{
    private const int FirstRegister = 6;
    private const int Registers = 4;
    private const int Programs = 400;
    private const int Length = 40;

    private static readonly OpcodeRow[] Arithmetic =
    [
        .. OpcodeTable.Rows.Where(row => row.Alu is not (AluOperator.None or AluOperator.Move)
            && row.Shape is InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned),
    ];

    /// <summary>Those after which the kernel knows something.</summary>
    private static readonly OpcodeRow[] Telling =
    [
        .. Arithmetic.Where(row => row.Alu is not (AluOperator.Divide or AluOperator.SignedDivide or AluOperator.Modulo
                or AluOperator.SignedModulo or AluOperator.BigEndian or AluOperator.SwapBytes)
            && (row.Shape != InstructionShape.AluRegister
                || row.Alu is not (AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic))),
    ];

    private static readonly OpcodeRow[] Conditions =
        [.. OpcodeTable.Rows.Where(row => row.Shape is InstructionShape.JumpImmediate or InstructionShape.JumpRegister)];

    public KernelScalarTests() => Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_kernel_never_knows_more(int seed)
    {
        var random = new Random(seed);
        int compared = 0;
        var lost = new List<string>();
        for (int number = 0; number < Programs; number++)
        {
            Instruction[] program = Write(random);
            ulong[] slots = [.. InstructionEncoder.Encode(program).Select(slot => slot.Bits)];
            KernelLoadResult verdict = KernelProgram.TryLoad(
                slots, KernelProgramType.SocketFilter, logLevel: KernelLogLevel.Level2 | KernelLogLevel.Stats);
            verdict.Program?.Dispose();
            Assert.True(verdict.IsAccepted, verdict.Log);
            Compare(program, new KernelScalarLog(verdict.Log), lost, ref compared);
        }

        Assert.True(compared > Programs * Length / 4, $"{compared} states only were compared");
        Assert.True(lost.Count == 0, $"{lost.Count} of {compared}\n{string.Join('\n', lost.Take(40))}");
    }

    /// <summary>Unknown numbers in four registers, then arithmetic and branches that leave for the end.</summary>
    private static Instruction[] Write(Random random)
    {
        var program = new List<Instruction>();
        for (int register = FirstRegister; register < FirstRegister + Registers; register++)
        {
            program.Add(new Instruction(Operation.CallHelper, 0, 0, 0, 7));
            program.Add(new Instruction(Operation.Move64Register, (byte)register, 0, 0, 0));
        }

        var leaving = new List<int>();
        while (program.Count < Length)
        {
            byte destination = (byte)random.Next(FirstRegister, FirstRegister + Registers);
            byte source = (byte)(FirstRegister + (destination - FirstRegister + random.Next(1, Registers)) % Registers);
            if (random.Next(5) < 3)
            {
                OpcodeRow[] rows = random.Next(30) == 0 ? Arithmetic : Telling;
                OpcodeRow row = rows[random.Next(rows.Length)];
                program.Add(row.Shape switch
                {
                    InstructionShape.AluImmediate => new Instruction(row.Operation, destination, 0, 0, Immediate(random, row)),
                    InstructionShape.AluUnary => new Instruction(row.Operation, destination, 0, 0, 0),
                    InstructionShape.MoveSigned => new Instruction(row.Operation, destination, destination, 0, 0),
                    _ => new Instruction(row.Operation, destination, source, 0, 0),
                });
                continue;
            }

            OpcodeRow condition = Conditions[random.Next(Conditions.Length)];
            var branch = condition.Shape == InstructionShape.JumpImmediate
                ? new Instruction(condition.Operation, destination, 0, 0, Immediate(random, condition))
                : new Instruction(condition.Operation, destination, source, 0, 0);
            if (random.Next(2) == 0)
            {
                leaving.Add(program.Count);
                program.Add(branch);
            }
            else
            {
                program.Add(branch with { Offset = 1 });
                leaving.Add(program.Count);
                program.Add(new Instruction(Operation.Jump, 0, 0, 0, 0));
            }
        }

        foreach (int slot in leaving)
        {
            program[slot] = program[slot] with { Offset = program.Count - slot - 1 };
        }

        program.Add(new Instruction(Operation.Move64Immediate, 0, 0, 0, 0));
        program.Add(new Instruction(Operation.Exit, 0, 0, 0, 0));
        return [.. program];
    }

    private static int Immediate(Random random, OpcodeRow row)
    {
        int number = random.Next(5) switch
        {
            0 => random.Next(-8, 9),
            1 => 1 << random.Next(32),
            2 => (1 << random.Next(32)) - 1,
            3 => -(1 << random.Next(32)),
            _ => random.Next(int.MinValue, int.MaxValue) >> random.Next(31),
        };
        return row.Alu switch
        {
            AluOperator.ShiftLeft or AluOperator.ShiftRight or AluOperator.ShiftRightArithmetic => number & (row.OperandBits - 1),
            AluOperator.Divide or AluOperator.SignedDivide or AluOperator.Modulo or AluOperator.SignedModulo => number == 0 ? 1 : number,
            _ => number,
        };
    }

    private static void Compare(Instruction[] program, KernelScalarLog log, List<string> lost, ref int compared)
    {
        var registers = new Scalar[10];
        Array.Fill(registers, Scalar.Unknown);
        for (int slot = 2 * Registers; log.Reaches(slot) && !log.ForksAt(slot) && slot < program.Length - 2; slot++)
        {
            Instruction instruction = program[slot];
            OpcodeRow row = instruction.Row;
            Scalar operand = row.UsesSourceRegister ? registers[instruction.Source] : Scalar.Constant((ulong)instruction.Immediate);
            string before = $"{slot}: {instruction} of {registers[instruction.Destination]} and {operand}";
            if (row.Condition == JumpCondition.None)
            {
                ScalarAlu.Apply(row, ref registers[instruction.Destination], operand);
                Judge(before, registers, instruction.Destination, log.After(slot, instruction.Destination), lost, ref compared);
                continue;
            }

            bool taken = instruction.Offset == 1;
            int next = taken ? slot + 2 : slot + 1;
            bool isReachable = ScalarBranch.Refine(row.Condition, row.Is64Bit, taken, ref registers[instruction.Destination], ref operand);
            if (!log.Reaches(next))
            {
                if (isReachable)
                {
                    lost.Add($"{before}: {next} is not reached");
                }

                return;
            }

            if (!isReachable)
            {
                return;
            }

            Judge(before, registers, instruction.Destination, Known(instruction.Destination), lost, ref compared);
            if (row.UsesSourceRegister)
            {
                registers[instruction.Source] = operand;
                Judge(before, registers, instruction.Source, Known(instruction.Source), lost, ref compared);
            }

            Scalar? Known(int register) => taken ? log.AfterJump(slot, next, register) : log.After(slot, register);
            slot = next - 1;
        }
    }

    private static void Judge(
        string before, Scalar[] registers, int register, Scalar? kernels, List<string> lost, ref int compared)
    {
        if (kernels is not { } theirs)
        {
            return;
        }

        compared++;
        if (!registers[register].IsWithin(theirs))
        {
            lost.Add($"{before}: r{register} is {registers[register]}, the kernel has {theirs}");

            // So that one loss is not told again after each instruction.
            Assert.True(registers[register].Meet(theirs) && registers[register].Sharpen(), lost[^1]);
        }
    }
}
