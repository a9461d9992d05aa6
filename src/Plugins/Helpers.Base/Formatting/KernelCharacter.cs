namespace Skep.Helpers.Formatting;

/// <summary>The kernel's classes of characters (lib/ctype.c): ASCII, and above it Latin-1, although formats are mostly UTF-8 there.</summary>
internal static class KernelCharacter
{
    /// <summary>Whether a format may hold it: all but ASCII's control characters. Before 6.18 Linux took ASCII only.</summary>
    public static bool IsAllowed(byte c) => c is >= 0x80 or (>= 0x20 and <= 0x7e) or (>= 0x09 and <= 0x0d);

    /// <summary>isalnum: letters and digits, which a pointer's conversion takes along.</summary>
    public static bool IsWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is >= 0xc0 and not (0xd7 or 0xf7);

    /// <summary>isspace or ispunct, or the format's end: what may follow %s and %p.</summary>
    public static bool EndsConversion(byte c) => c == 0 || (IsAllowed(c) && !IsWord(c) && c is not (>= 0x80 and <= 0x9f));
}
