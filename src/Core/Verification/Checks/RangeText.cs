using Skep.Verification.Values;

namespace Skep.Verification.Checks;

/// <summary>Ranges of numbers, for messages.</summary>
internal static class RangeText
{
    /// <summary>For example <c>12</c>, <c>0..255</c>, <c>any number</c>.</summary>
    public static string Of(in Scalar number)
    {
        if (number.IsConstant)
        {
            return $"{(long)number.ConstantValue}";
        }

        return number.SignedMin == long.MinValue && number.SignedMax == long.MaxValue ? "any number" : Of(number.SignedMin, number.SignedMax);
    }

    /// <summary>As many bytes: <c>12 bytes</c>, <c>any number of bytes</c>.</summary>
    public static string OfBytes(in Scalar number)
    {
        string text = Of(number);
        return text == "any number" ? text + " of bytes" : text + " bytes";
    }

    public static string Of(long first, long last) => first == last ? $"{first}" : $"{first}..{last}";
}
