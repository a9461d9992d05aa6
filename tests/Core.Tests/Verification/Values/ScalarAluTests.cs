using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>Every arithmetic row on every pair of small sets, against the semantics of all pairs of members.</summary>
public sealed class ScalarAluTests
{
    public static TheoryData<string> Rows =>
        [.. OpcodeTable.Rows.Where(row => row.Alu != AluOperator.None && IsArithmetic(row.Shape)).Select(row => row.Operation.ToString())];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_result_of_members_is_a_member_of_the_result(string operation)
    {
        OpcodeRow row = OpcodeTable.Row(Enum.Parse<Operation>(operation));
        bool isUnary = row.Shape is InstructionShape.AluUnary or InstructionShape.MoveSigned;
        foreach (ScalarSample left in ScalarSamples.All)
        {
            foreach (ScalarSample right in isUnary ? [left] : ScalarSamples.All)
            {
                Scalar result = left.Scalar;
                ScalarAlu.Apply(row, ref result, right.Scalar);
                if (isUnary)
                {
                    Check(row, left, left, result, pairwise: true);
                }
                else
                {
                    Check(row, left, right, result, pairwise: false);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Constants_give_a_constant(string operation)
    {
        OpcodeRow row = OpcodeTable.Row(Enum.Parse<Operation>(operation));
        ulong[] numbers = [.. ScalarSamples.Ranges(2).SelectMany(sample => sample.Members).Distinct()];
        foreach (ulong left in numbers)
        {
            foreach (ulong right in numbers)
            {
                Scalar result = Scalar.Constant(left);
                ScalarAlu.Apply(row, ref result, Scalar.Constant(right));
                Assert.Equal(Scalar.Constant(ConstantEvaluator.Evaluate(row, left, right)), result);
            }
        }
    }

    private static bool IsArithmetic(InstructionShape shape) => shape is
        InstructionShape.AluImmediate or InstructionShape.AluRegister or InstructionShape.AluUnary or InstructionShape.MoveSigned;

    private static void Check(OpcodeRow row, ScalarSample left, ScalarSample right, in Scalar result, bool pairwise)
    {
        foreach (ulong first in left.Members)
        {
            foreach (ulong second in pairwise ? [first] : right.Members)
            {
                ulong number = ConstantEvaluator.Evaluate(row, first, second);
                if (!result.Contains(number))
                {
                    Assert.Fail($"{row.Operation} of {left} and {right}: {result} lacks {number:x}, of {first:x} and {second:x}");
                }
            }
        }

        Scalar again = result;
        if (!again.Sharpen() || !again.Equals(result))
        {
            Assert.Fail($"{row.Operation} of {left} and {right}: {result} is not sharp, {again} is");
        }
    }
}
