using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>
/// Random walks at full width: registers that go through arithmetic and branches as in a program, each with the numbers of several
/// runs. Whatever a run has stays a member.
/// </summary>
public sealed class ScalarWalkTests
{
    private const int Runs = 4;
    private const int Registers = 4;
    private const int Walks = 4_000;
    private const int Steps = 60;

    private static readonly OpcodeRow[] Arithmetic =
    [
        .. OpcodeTable.Rows.Where(row => row.Alu != AluOperator.None
            && row.Shape is InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned),
    ];

    private static readonly OpcodeRow[] Conditions = [.. OpcodeTable.Rows.Where(row => row.Shape == InstructionShape.JumpRegister)];

    private readonly Scalar[] _scalars = new Scalar[Registers];
    private readonly ulong[,] _numbers = new ulong[Registers, Runs];
    private bool[] _isAlive = new bool[Runs];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_a_run_has_is_a_member(int seed)
    {
        var random = new Random(seed);
        int known = 0;
        for (int walk = 0; walk < Walks; walk++)
        {
            _isAlive = [.. Enumerable.Repeat(true, Runs)];
            for (int register = 0; register < Registers; register++)
            {
                Load(random, register);
            }

            for (int step = 0; step < Steps; step++)
            {
                Step(random);
            }

            known += _scalars.Count(scalar => !scalar.IsUnknown && !scalar.IsConstant);
        }

        // Else the walks would say nothing.
        Assert.True(known > Walks, $"{known} registers only had something to say at the end");
    }

    private void Step(Random random)
    {
        int left = random.Next(Registers);
        int right = random.Next(Registers);
        switch (random.Next(8))
        {
            case 0:
                Load(random, left);
                break;
            case < 5:
                Branch(Conditions[random.Next(Conditions.Length)], left, right);
                break;
            default:
                Compute(Arithmetic[random.Next(Arithmetic.Length)], left, right);
                break;
        }
    }

    private void Load(Random random, int register)
    {
        int bits = 8 << random.Next(4);
        bool signed = random.Next(2) == 0;
        ulong constant = RandomNumber.Next(random);
        bool isConstant = random.Next(3) == 0;
        _scalars[register] = isConstant ? Scalar.Constant(constant) : Scalar.OfLoad(bits, signed);
        for (int run = 0; run < Runs; run++)
        {
            ulong memory = RandomNumber.Next(random) << (64 - bits);
            _numbers[register, run] = isConstant ? constant : signed ? (ulong)((long)memory >> (64 - bits)) : memory >> (64 - bits);
        }
    }

    private void Compute(OpcodeRow row, int left, int right)
    {
        Scalar before = _scalars[left];
        Scalar operand = _scalars[right];
        ScalarAlu.Apply(row, ref _scalars[left], operand);
        for (int run = 0; run < Runs; run++)
        {
            ulong number = ConstantEvaluator.Evaluate(row, _numbers[left, run], _numbers[right, run]);
            if (_isAlive[run] && !_scalars[left].Contains(number))
            {
                Assert.Fail(
                    $"{row.Operation} of {before} and {operand}: {_scalars[left]} lacks {number:x}, of {_numbers[left, run]:x} and "
                    + $"{_numbers[right, run]:x}");
            }

            _numbers[left, run] = number;
        }
    }

    /// <summary>Goes where the first run that is left goes; runs that go the other way end, and the next takes over.</summary>
    private void Branch(OpcodeRow row, int left, int right)
    {
        int first = Array.IndexOf(_isAlive, true);
        bool taken = ConstantEvaluator.IsTaken(row, _numbers[left, first], _numbers[right, first]);
        (Scalar before, Scalar operand) = (_scalars[left], _scalars[right]);
        BranchVerdict verdict = ScalarBranch.Decide(row.Condition, row.Is64Bit, before, operand);
        (Scalar after, Scalar operandAfter) = (before, operand);
        bool isReachable = ScalarBranch.Refine(row.Condition, row.Is64Bit, taken, ref after, ref operandAfter);
        Assert.True(
            isReachable && verdict != (taken ? BranchVerdict.Never : BranchVerdict.Always),
            $"{row.Operation} of {before} and {operand}: taken {taken}, verdict {verdict}, reachable {isReachable}");
        for (int run = 0; run < Runs; run++)
        {
            (ulong one, ulong other) = (_numbers[left, run], _numbers[right, run]);
            if (!_isAlive[run] || ConstantEvaluator.IsTaken(row, one, other) != taken)
            {
                _isAlive[run] = false;
                continue;
            }

            if (!after.Contains(one) || !operandAfter.Contains(other))
            {
                Assert.Fail(
                    $"{row.Operation} of {before} and {operand}, taken {taken}: {after} and {operandAfter} lack {one:x} and {other:x}");
            }
        }

        // A register compared with itself has two names for one number; either view of it will do.
        _scalars[right] = operandAfter;
        _scalars[left] = after;
    }
}
