namespace Skep.Events.Tracing;

/// <summary>The names that somebody may have meant.</summary>
internal static class NearNames
{
    private const int MostSuggestions = 3;

    // Of the longer name: further away, it is another word.
    private const double LargestDistance = 0.34;

    /// <summary>At most three of <paramref name="known"/>, the most likely first: the same name elsewhere, small differences, then names that contain it.</summary>
    public static IReadOnlyList<string> Find(TracepointName wanted, IEnumerable<TracepointName> known)
        => [.. known
            .Select(name => (Name: name, Distance: Distance(wanted, name)))
            .Where(entry => entry.Distance <= LargestDistance)
            .OrderBy(entry => entry.Distance)
            .ThenBy(entry => entry.Name.ToString(), StringComparer.Ordinal)
            .Take(MostSuggestions)
            .Select(entry => entry.Name.ToString())];

    /// <summary>0 for the same, 1 for nothing in common.</summary>
    private static double Distance(TracepointName wanted, TracepointName name)
    {
        if (wanted.Name == name.Name)
        {
            return 0;
        }

        string left = wanted.ToString();
        string right = name.ToString();
        double edits = (double)EditDistance(left, right) / Math.Max(left.Length, right.Length);
        bool contains = wanted.Name.Length > 2 && wanted.Category == name.Category && name.Name.Contains(wanted.Name, StringComparison.Ordinal);
        return contains ? Math.Min(edits, LargestDistance) : edits;
    }

    /// <summary>Levenshtein's distance: insertions, deletions and replacements.</summary>
    private static int EditDistance(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int replaced = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
