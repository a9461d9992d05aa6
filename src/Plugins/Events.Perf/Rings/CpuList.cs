using System.Globalization;

namespace Skep.Events.Rings;

/// <summary>The kernel's way to write a set of CPUs: <c>0-3,8</c>.</summary>
internal static class CpuList
{
    private const string OnlinePath = "/sys/devices/system/cpu/online";
    private const int MostCpus = 8192; // CONFIG_NR_CPUS can be no larger.

    /// <summary>The CPUs that are online now; those that the runtime counts where the kernel does not say.</summary>
    public static IReadOnlyList<int> ReadOnline()
    {
        try
        {
            return Parse(File.ReadAllText(OnlinePath)) is { Count: > 0 } cpus ? cpus : [.. Enumerable.Range(0, Environment.ProcessorCount)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [.. Enumerable.Range(0, Environment.ProcessorCount)];
        }
    }

    /// <summary>Null when the text is no such list.</summary>
    public static IReadOnlyList<int>? Parse(string text)
    {
        var cpus = new SortedSet<int>();
        foreach (string range in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (ends.Length > 2 || !TryParse(ends[0], out int first) || !TryParse(ends[^1], out int last) || last < first)
            {
                return null;
            }

            cpus.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. cpus];
    }

    private static bool TryParse(string text, out int cpu)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu < MostCpus;
}
