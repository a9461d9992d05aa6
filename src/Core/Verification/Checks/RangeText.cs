using Skep.Verification.Values;

namespace Skep.Verification.Checks;

/// <summary>Ranges of numbers, for messages.</summary>
internal static class RangeText
{
    /// <summary>For example <c>12</c>, <c>0..255</c>, <c>any number of</c>.</summary>
    public static string Of(in Scalar number)
    {
        if (number.IsConstant)
        {
            return $"{(long)number.ConstantValue}";
        }

        return number.SignedMin == long.MinValue && number.SignedMax == long.MaxValue ? "any number of" : Of(number.SignedMin, number.SignedMax);
    }

    public static string Of(long first, long last) => first == last ? $"{first}" : $"{first}..{last}";
}
