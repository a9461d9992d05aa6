namespace Skep.Helpers.Formatting;

/// <summary>The array of values that a program gives to print.</summary>
internal static unsafe class PrintArguments
{
    /// <returns>False for a size that is no multiple of 8 or above 12 values, and for a null array that has one: -EINVAL.</returns>
    public static bool TryRead(ulong data, ulong size, out ReadOnlySpan<ulong> arguments)
    {
        bool isLegal = size % sizeof(ulong) == 0 && size <= FormatParser.MaxArguments * sizeof(ulong) && (data != 0 || size == 0);
        arguments = isLegal ? new ReadOnlySpan<ulong>((ulong*)data, (int)size / sizeof(ulong)) : [];
        return isLegal;
    }
}
