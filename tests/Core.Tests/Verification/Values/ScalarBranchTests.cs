using Skep.Execution.Semantics;
using Skep.Isa;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>Every condition on every pair of small sets, against the semantics of all pairs of members.</summary>
public sealed class ScalarBranchTests
{
    public static TheoryData<string> Rows =>
        [.. OpcodeTable.Rows.Where(row => row.Shape == InstructionShape.JumpRegister).Select(row => row.Operation.ToString())];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_verdict_is_right_and_a_branch_keeps_every_member_that_goes_there(string operation)
    {
        OpcodeRow row = OpcodeTable.Row(Enum.Parse<Operation>(operation));
        foreach (ScalarSample left in ScalarSamples.All)
        {
            foreach (ScalarSample right in ScalarSamples.All)
            {
                Check(row, left, right);
            }
        }
    }

    private static void Check(OpcodeRow row, ScalarSample left, ScalarSample right)
    {
        BranchVerdict verdict = ScalarBranch.Decide(row.Condition, row.Is64Bit, left.Scalar, right.Scalar);
        (Scalar takenLeft, Scalar takenRight) = (left.Scalar, right.Scalar);
        (Scalar otherLeft, Scalar otherRight) = (left.Scalar, right.Scalar);
        bool mayTake = ScalarBranch.Refine(row.Condition, row.Is64Bit, true, ref takenLeft, ref takenRight);
        bool mayPass = ScalarBranch.Refine(row.Condition, row.Is64Bit, false, ref otherLeft, ref otherRight);
        foreach (ulong first in left.Members)
        {
            foreach (ulong second in right.Members)
            {
                bool isTaken = ConstantEvaluator.IsTaken(row, first, second);
                bool isKept = isTaken
                    ? mayTake && takenLeft.Contains(first) && takenRight.Contains(second)
                    : mayPass && otherLeft.Contains(first) && otherRight.Contains(second);
                if (!isKept || verdict == (isTaken ? BranchVerdict.Never : BranchVerdict.Always))
                {
                    Assert.Fail(
                        $"{row.Operation} of {left} and {right}: {first:x} and {second:x} go {(isTaken ? "there" : "on")}, but verdict "
                        + $"{verdict}, there {mayTake} {takenLeft}, {takenRight}, on {mayPass} {otherLeft}, {otherRight}");
                }
            }
        }

        // What is narrowed is what was there, and a side that a verdict rules out has no members.
        Assert.True(!mayTake || takenLeft.IsWithin(left.Scalar) && takenRight.IsWithin(right.Scalar));
        Assert.True(!mayPass || otherLeft.IsWithin(left.Scalar) && otherRight.IsWithin(right.Scalar));
        if (verdict == BranchVerdict.Always ? mayPass : verdict == BranchVerdict.Never && mayTake)
        {
            Assert.Fail($"{row.Operation} of {left} and {right}: verdict {verdict} but there {mayTake}, on {mayPass}");
        }
    }
}
