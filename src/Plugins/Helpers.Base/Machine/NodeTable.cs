using System.Globalization;

namespace Skep.Helpers.Machine;

/// <summary>Which memory node each CPU belongs to, as /sys/devices/system/node says.</summary>
internal static class NodeTable
{
    private const string Folder = "/sys/devices/system/node";
    private const string Prefix = "node";
    private const int MostCpus = 8192;

    /// <returns>By CPU; empty where the system does not say.</returns>
    public static int[] Read()
    {
        try
        {
            return Directory.Exists(Folder)
                ? Parse(Directory.EnumerateDirectories(Folder, Prefix + "*").Select(node => (Path.GetFileName(node), File.ReadAllText(node + "/cpulist"))))
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <param name="nodes">Names as <c>node0</c> and lists as <c>0-3,8</c>; what is written otherwise is passed over.</param>
    internal static int[] Parse(IEnumerable<(string Name, string List)> nodes)
    {
        int[] table = [];
        foreach ((string name, string list) in nodes)
        {
            if (!int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int node))
            {
                continue;
            }

            foreach (string range in list.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] ends = range.Split('-');
                if (int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                    && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last) && last < MostCpus)
                {
                    Array.Resize(ref table, Math.Max(table.Length, last + 1));
                    Array.Fill(table, node, first, Math.Max(last - first + 1, 0));
                }
            }
        }

        return table;
    }
}
