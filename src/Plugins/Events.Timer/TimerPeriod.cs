using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Skep.Events;

/// <summary>A timer's target: a whole number and a unit, such as <c>500ms</c>.</summary>
internal static class TimerPeriod
{
    public const string Syntax = "DURATION: a whole number and us, ms, s, m or h, from 100us to 24h";

    /// <summary>The shortest period, in nanoseconds: 100 microseconds. Shorter ones are a busy loop.</summary>
    public const long MinNanoseconds = 100_000;

    /// <summary>The longest period, in nanoseconds: a day.</summary>
    public const long MaxNanoseconds = 24 * 3600 * 1_000_000_000L;

    private static readonly (string Unit, long Nanoseconds)[] Units =
    [
        ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ];

    /// <summary>Reads a target.</summary>
    /// <param name="nanoseconds">The period.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string target, out long nanoseconds, [NotNullWhen(false)] out string? problem)
    {
        nanoseconds = 0;
        int digits = target.AsSpan().IndexOfAnyExceptInRange('0', '9');
        (_, long unit) = digits > 0 ? Array.Find(Units, unit => target.AsSpan(digits).SequenceEqual(unit.Unit)) : default;
        if (unit == 0)
        {
            problem = $"'{target}' is no duration";
            return false;
        }

        // A number too long for 64 bits is too long a period as well.
        bool fits = long.TryParse(target.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count);
        Int128 period = fits ? (Int128)count * unit : Int128.MaxValue;
        if (period < MinNanoseconds)
        {
            problem = $"'{target}' is too short; the shortest period is 100us";
            return false;
        }

        if (period > MaxNanoseconds)
        {
            problem = $"'{target}' is too long; the longest period is 24h";
            return false;
        }

        nanoseconds = (long)period;
        problem = null;
        return true;
    }
}
