using Skep.Isa;

namespace Skep.Verification.Values;

/// <summary>What the members are that go one way.</summary>
internal static partial class ScalarBranch
{
    /// <summary>
    /// Narrows both sides to the members that some pair which goes this way has, as far as bounds and bits can say it.
    /// False when there is no such pair; the two mean nothing then.
    /// </summary>
    /// <param name="is64">Compares the whole numbers, else their low halves.</param>
    /// <param name="taken">The way where the condition holds, else the one where it does not.</param>
    public static bool Refine(JumpCondition condition, bool is64, bool taken, ref Scalar left, ref Scalar right) => condition switch
    {
        JumpCondition.Equal => taken ? Equal(is64, ref left, ref right) : NotEqual(is64, ref left, ref right),
        JumpCondition.NotEqual => taken ? NotEqual(is64, ref left, ref right) : Equal(is64, ref left, ref right),
        JumpCondition.AnyBitSet => taken ? AnyBitSet(is64, ref left, ref right) : NoBitSet(is64, ref left, ref right),
        JumpCondition.LessThan => taken
            ? Less(is64, ref left, ref right)
            : LessOrEqual(is64, ref right, ref left),
        JumpCondition.GreaterThan => taken
            ? Less(is64, ref right, ref left)
            : LessOrEqual(is64, ref left, ref right),
        JumpCondition.LessOrEqual => taken
            ? LessOrEqual(is64, ref left, ref right)
            : Less(is64, ref right, ref left),
        JumpCondition.GreaterOrEqual => taken
            ? LessOrEqual(is64, ref right, ref left)
            : Less(is64, ref left, ref right),
        JumpCondition.SignedLessThan => taken
            ? SignedLess(is64, ref left, ref right)
            : SignedLessOrEqual(is64, ref right, ref left),
        JumpCondition.SignedGreaterThan => taken
            ? SignedLess(is64, ref right, ref left)
            : SignedLessOrEqual(is64, ref left, ref right),
        JumpCondition.SignedLessOrEqual => taken
            ? SignedLessOrEqual(is64, ref left, ref right)
            : SignedLess(is64, ref right, ref left),
        JumpCondition.SignedGreaterOrEqual => taken
            ? SignedLessOrEqual(is64, ref right, ref left)
            : SignedLess(is64, ref left, ref right),
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "A condition of a jump is expected."),
    };

    private static bool Equal(bool is64, ref Scalar left, ref Scalar right)
    {
        if (!is64)
        {
            return left.MeetLow(right) && right.MeetLow(left) && left.Sharpen() && right.Sharpen();
        }

        bool possible = left.Meet(right) && left.Sharpen();
        right = left;
        return possible;
    }

    private static bool NotEqual(bool is64, ref Scalar left, ref Scalar right)
    {
        if (is64)
        {
            return (!right.IsConstant || Exclude(ref left, right.ConstantValue))
                && (!left.IsConstant || Exclude(ref right, left.ConstantValue));
        }

        return (!right.IsConstant32 || Exclude32(ref left, right.ConstantValue32))
            && (!left.IsConstant32 || Exclude32(ref right, left.ConstantValue32));
    }

    /// <summary>Takes a number off the bounds that it is; false when nothing is left.</summary>
    private static bool Exclude(ref Scalar value, ulong number)
    {
        if (value.IsConstant)
        {
            return value.ConstantValue != number;
        }

        if (value.UnsignedMin != number && value.UnsignedMax != number
            && value.SignedMin != (long)number && value.SignedMax != (long)number)
        {
            return true;
        }

        // No constant, so each order has at least two numbers and no bound passes the end of its order.
        value.UnsignedMin += value.UnsignedMin == number ? 1u : 0u;
        value.UnsignedMax -= value.UnsignedMax == number ? 1u : 0u;
        value.SignedMin += value.SignedMin == (long)number ? 1 : 0;
        value.SignedMax -= value.SignedMax == (long)number ? 1 : 0;
        return value.Sharpen();
    }

    private static bool Exclude32(ref Scalar value, uint number)
    {
        if (value.IsConstant32)
        {
            return value.ConstantValue32 != number;
        }

        if (value.UnsignedMin32 != number && value.UnsignedMax32 != number
            && value.SignedMin32 != (int)number && value.SignedMax32 != (int)number)
        {
            return true;
        }

        value.UnsignedMin32 += value.UnsignedMin32 == number ? 1u : 0u;
        value.UnsignedMax32 -= value.UnsignedMax32 == number ? 1u : 0u;
        value.SignedMin32 += value.SignedMin32 == (int)number ? 1 : 0;
        value.SignedMax32 -= value.SignedMax32 == (int)number ? 1 : 0;
        return value.Sharpen();
    }

    private static bool Less(bool is64, ref Scalar left, ref Scalar right)
    {
        if (is64)
        {
            if (right.UnsignedMax == ulong.MinValue || left.UnsignedMin == ulong.MaxValue)
            {
                return false;
            }

            left.UnsignedMax = Math.Min(left.UnsignedMax, right.UnsignedMax - 1);
            right.UnsignedMin = Math.Max(right.UnsignedMin, left.UnsignedMin + 1);
        }
        else
        {
            if (right.UnsignedMax32 == uint.MinValue || left.UnsignedMin32 == uint.MaxValue)
            {
                return false;
            }

            left.UnsignedMax32 = Math.Min(left.UnsignedMax32, right.UnsignedMax32 - 1);
            right.UnsignedMin32 = Math.Max(right.UnsignedMin32, left.UnsignedMin32 + 1);
        }

        return left.Sharpen() && right.Sharpen();
    }

    private static bool LessOrEqual(bool is64, ref Scalar left, ref Scalar right)
    {
        if (is64)
        {
            left.UnsignedMax = Math.Min(left.UnsignedMax, right.UnsignedMax);
            right.UnsignedMin = Math.Max(right.UnsignedMin, left.UnsignedMin);
        }
        else
        {
            left.UnsignedMax32 = Math.Min(left.UnsignedMax32, right.UnsignedMax32);
            right.UnsignedMin32 = Math.Max(right.UnsignedMin32, left.UnsignedMin32);
        }

        return left.Sharpen() && right.Sharpen();
    }

    private static bool SignedLess(bool is64, ref Scalar left, ref Scalar right)
    {
        if (is64)
        {
            if (right.SignedMax == long.MinValue || left.SignedMin == long.MaxValue)
            {
                return false;
            }

            left.SignedMax = Math.Min(left.SignedMax, right.SignedMax - 1);
            right.SignedMin = Math.Max(right.SignedMin, left.SignedMin + 1);
        }
        else
        {
            if (right.SignedMax32 == int.MinValue || left.SignedMin32 == int.MaxValue)
            {
                return false;
            }

            left.SignedMax32 = Math.Min(left.SignedMax32, right.SignedMax32 - 1);
            right.SignedMin32 = Math.Max(right.SignedMin32, left.SignedMin32 + 1);
        }

        return left.Sharpen() && right.Sharpen();
    }

    private static bool SignedLessOrEqual(bool is64, ref Scalar left, ref Scalar right)
    {
        if (is64)
        {
            left.SignedMax = Math.Min(left.SignedMax, right.SignedMax);
            right.SignedMin = Math.Max(right.SignedMin, left.SignedMin);
        }
        else
        {
            left.SignedMax32 = Math.Min(left.SignedMax32, right.SignedMax32);
            right.SignedMin32 = Math.Max(right.SignedMin32, left.SignedMin32);
        }

        return left.Sharpen() && right.Sharpen();
    }

    /// <summary>left &amp; right is not 0: where one bit only may be common it is, and else neither is below the lowest such.</summary>
    private static bool AnyBitSet(bool is64, ref Scalar left, ref Scalar right)
    {
        ulong common = left.Bits.Possible & right.Bits.Possible & (is64 ? ulong.MaxValue : uint.MaxValue);
        if (common == 0)
        {
            return false;
        }

        ulong lowest = common & (0 - common);
        if (lowest == common)
        {
            left.Bits = left.Bits.Or(Tnum.Constant(common));
            right.Bits = right.Bits.Or(Tnum.Constant(common));
        }
        else if (is64)
        {
            left.UnsignedMin = Math.Max(left.UnsignedMin, lowest);
            right.UnsignedMin = Math.Max(right.UnsignedMin, lowest);
        }
        else
        {
            left.UnsignedMin32 = Math.Max(left.UnsignedMin32, (uint)lowest);
            right.UnsignedMin32 = Math.Max(right.UnsignedMin32, (uint)lowest);
        }

        return left.Sharpen() && right.Sharpen();
    }

    /// <summary>left &amp; right is 0: what is known to be set in one is clear in the other.</summary>
    private static bool NoBitSet(bool is64, ref Scalar left, ref Scalar right)
    {
        ulong compared = is64 ? ulong.MaxValue : uint.MaxValue;
        if ((left.Bits.Value & right.Bits.Value & compared) != 0)
        {
            return false;
        }

        left.Bits = left.Bits.And(Tnum.Constant(~(right.Bits.Value & compared)));
        right.Bits = right.Bits.And(Tnum.Constant(~(left.Bits.Value & compared)));
        return left.Sharpen() && right.Sharpen();
    }
}
