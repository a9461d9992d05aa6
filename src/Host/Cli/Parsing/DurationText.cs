using System.Globalization;

namespace Skep.Cli.Parsing;

/// <summary>Durations as people write them: <c>500ms</c>, <c>3s</c>, <c>1m30s</c>, <c>1.5h</c>.</summary>
internal static class DurationText
{
    /// <summary>The longest that a timer of the system can wait for, rounded down.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    private static readonly (string Unit, double Milliseconds)[] Units =
        [("us", 0.001), ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <returns>False, with the reason in <paramref name="problem"/>, for anything but a sum of numbers with units between 1 µs and 49 days.</returns>
    public static bool TryParse(string text, out TimeSpan duration, out string problem)
    {
        duration = TimeSpan.Zero;
        double milliseconds = 0;
        int position = 0;
        while (position < text.Length)
        {
            int number = Span(text, position, static character => char.IsAsciiDigit(character) || character == '.');
            int unit = Span(text, position + number, char.IsAsciiLetter);
            if (!double.TryParse(text.AsSpan(position, number), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
                || FindUnit(text.Substring(position + number, unit)) is not { } factor)
            {
                problem = $"'{text}' is no duration; write a number and a unit (us, ms, s, m, h, d), such as 500ms or 1m30s";
                return false;
            }

            milliseconds += count * factor;
            position += number + unit;
        }

        if (milliseconds < 0.001 || milliseconds > Longest.TotalMilliseconds)
        {
            problem = $"'{text}' is not between 1us and {Longest.TotalDays}d";
            return false;
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        problem = "";
        return true;
    }

    private static int Span(string text, int start, Func<char, bool> belongs)
    {
        int end = start;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        return end - start;
    }

    private static double? FindUnit(string name)
    {
        foreach ((string unit, double milliseconds) in Units)
        {
            if (unit == name)
            {
                return milliseconds;
            }
        }

        return null;
    }
}
