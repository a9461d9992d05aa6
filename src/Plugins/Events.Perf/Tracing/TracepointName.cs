using System.Diagnostics.CodeAnalysis;

namespace Skep.Events.Tracing;

/// <summary>A tracepoint's name: <c>sched/sched_switch</c>.</summary>
internal sealed record TracepointName(string Category, string Name)
{
    public override string ToString() => $"{Category}/{Name}";

    /// <summary>Reads <c>CATEGORY/NAME</c>, or <c>CATEGORY:NAME</c> as perf writes it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TracepointName? name)
    {
        name = null;
        int separator = text.AsSpan().IndexOfAny('/', ':');
        if (separator < 0 || !IsName(text.AsSpan(0, separator)) || !IsName(text.AsSpan(separator + 1)))
        {
            return false;
        }

        name = new TracepointName(text[..separator], text[(separator + 1)..]);
        return true;
    }

    // Both parts become parts of a path, so what leads elsewhere is no name.
    private static bool IsName(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty || part[0] == '.')
        {
            return false;
        }

        foreach (char character in part)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
