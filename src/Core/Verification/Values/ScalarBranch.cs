using Skep.Isa;

namespace Skep.Verification.Values;

/// <summary>
/// The conditions of jumps (RFC 9669, section 4.3) on all members at once: whether they decide, and what a decision tells.
/// </summary>
internal static partial class ScalarBranch
{
    /// <summary>Whether every pair of members takes the branch, or none does, as far as single views can tell.</summary>
    /// <param name="is64">Compares the whole numbers, else their low halves.</param>
    public static BranchVerdict Decide(JumpCondition condition, bool is64, in Scalar left, in Scalar right) => condition switch
    {
        JumpCondition.Equal => DecideEqual(is64, left, right),
        JumpCondition.NotEqual => Not(DecideEqual(is64, left, right)),
        JumpCondition.AnyBitSet => DecideAnyBitSet(is64, left, right),
        JumpCondition.LessThan => DecideLess(is64, left, right),
        JumpCondition.GreaterThan => DecideLess(is64, right, left),
        JumpCondition.GreaterOrEqual => Not(DecideLess(is64, left, right)),
        JumpCondition.LessOrEqual => Not(DecideLess(is64, right, left)),
        JumpCondition.SignedLessThan => DecideSignedLess(is64, left, right),
        JumpCondition.SignedGreaterThan => DecideSignedLess(is64, right, left),
        JumpCondition.SignedGreaterOrEqual => Not(DecideSignedLess(is64, left, right)),
        JumpCondition.SignedLessOrEqual => Not(DecideSignedLess(is64, right, left)),
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "A condition of a jump is expected."),
    };

    private static BranchVerdict Not(BranchVerdict verdict) => verdict switch
    {
        BranchVerdict.Always => BranchVerdict.Never,
        BranchVerdict.Never => BranchVerdict.Always,
        _ => BranchVerdict.Unknown,
    };

    private static BranchVerdict DecideEqual(bool is64, in Scalar left, in Scalar right)
    {
        bool areDisjoint =
            left.UnsignedMin32 > right.UnsignedMax32 || right.UnsignedMin32 > left.UnsignedMax32
            || left.SignedMin32 > right.SignedMax32 || right.SignedMin32 > left.SignedMax32;
        if (!is64)
        {
            return areDisjoint || left.Bits.Low(32).IsDisjoint(right.Bits.Low(32)) ? BranchVerdict.Never
                : left.IsConstant32 && right.IsConstant32 ? BranchVerdict.Always
                : BranchVerdict.Unknown;
        }

        areDisjoint = areDisjoint
            || left.UnsignedMin > right.UnsignedMax || right.UnsignedMin > left.UnsignedMax
            || left.SignedMin > right.SignedMax || right.SignedMin > left.SignedMax
            || left.Bits.IsDisjoint(right.Bits);
        return areDisjoint ? BranchVerdict.Never
            : left.IsConstant && right.IsConstant ? BranchVerdict.Always
            : BranchVerdict.Unknown;
    }

    private static BranchVerdict DecideLess(bool is64, in Scalar left, in Scalar right)
    {
        if (is64)
        {
            return left.UnsignedMax < right.UnsignedMin ? BranchVerdict.Always
                : left.UnsignedMin >= right.UnsignedMax ? BranchVerdict.Never
                : BranchVerdict.Unknown;
        }

        return left.UnsignedMax32 < right.UnsignedMin32 ? BranchVerdict.Always
            : left.UnsignedMin32 >= right.UnsignedMax32 ? BranchVerdict.Never
            : BranchVerdict.Unknown;
    }

    private static BranchVerdict DecideSignedLess(bool is64, in Scalar left, in Scalar right)
    {
        if (is64)
        {
            return left.SignedMax < right.SignedMin ? BranchVerdict.Always
                : left.SignedMin >= right.SignedMax ? BranchVerdict.Never
                : BranchVerdict.Unknown;
        }

        return left.SignedMax32 < right.SignedMin32 ? BranchVerdict.Always
            : left.SignedMin32 >= right.SignedMax32 ? BranchVerdict.Never
            : BranchVerdict.Unknown;
    }

    private static BranchVerdict DecideAnyBitSet(bool is64, in Scalar left, in Scalar right)
    {
        ulong compared = is64 ? ulong.MaxValue : uint.MaxValue;
        if ((left.Bits.Value & right.Bits.Value & compared) != 0)
        {
            return BranchVerdict.Always;
        }

        if ((left.Bits.Possible & right.Bits.Possible & compared) == 0)
        {
            return BranchVerdict.Never;
        }

        return HasAllOf(is64, compared, right, left) || HasAllOf(is64, compared, left, right)
            ? BranchVerdict.Always
            : BranchVerdict.Unknown;
    }

    /// <summary>The mask surely has each bit that the other may have, and the other has some.</summary>
    private static bool HasAllOf(bool is64, ulong compared, in Scalar mask, in Scalar other) =>
        (other.Bits.Possible & ~mask.Bits.Value & compared) == 0 && (is64 ? other.UnsignedMin != 0 : other.UnsignedMin32 != 0);
}
