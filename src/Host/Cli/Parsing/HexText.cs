namespace Skep.Cli.Parsing;

/// <summary>Bytes as hexadecimal text: two digits a byte, any white space between bytes, an optional <c>0x</c> in front of all.</summary>
internal static class HexText
{
    /// <param name="problem">Why not, with the place counted in characters from 1.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out byte[] bytes, out string problem)
    {
        bytes = [];
        problem = "";
        var parsed = new byte[text.Length / 2];
        int count = 0;
        int position = StartOf(text);
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
                continue;
            }

            int high = Digit(text, position);
            int low = Digit(text, position + 1);
            if (high < 0 || low < 0)
            {
                problem = Describe(text, high < 0 ? position : position + 1);
                return false;
            }

            parsed[count++] = (byte)((high << 4) | low);
            position += 2;
        }

        bytes = parsed[..count];
        return true;
    }

    private static int StartOf(ReadOnlySpan<char> text)
    {
        int start = text.Length - text.TrimStart().Length;
        return text[start..].StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? start + 2 : start;
    }

    private static int Digit(ReadOnlySpan<char> text, int position)
        => position < text.Length && char.IsAsciiHexDigit(text[position]) ? ValueOf(text[position]) : -1;

    private static int ValueOf(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static string Describe(ReadOnlySpan<char> text, int position)
        => position >= text.Length || char.IsWhiteSpace(text[position])
            ? $"the byte that begins at character {position} has one digit; a byte has two"
            : $"character {position + 1} is '{text[position]}', not a hexadecimal digit";
}
