using System.Globalization;

namespace Skep.KernelOracle;

/// <summary>What the process holds of the system.</summary>
public sealed record ProcessState(int Mappings, int Handles, long Bytes)
{
    public static ProcessState Read()
    {
        // What the process has in memory that belongs to no file, and in files without a name: code, but not what the runtime loads of its libraries.
        long pages = File.ReadLines("/proc/self/status")
            .Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal) || line.StartsWith("RssShmem:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture));
        return new ProcessState(MemoryMapping.ReadAll().Count, Directory.GetFiles("/proc/self/fd").Length, pages << 10);
    }
}

/// <summary>A line of /proc/self/maps.</summary>
public sealed record MemoryMapping(nint Start, nint End, string Rights, string Name)
{
    public bool IsWritableAndExecutable => Rights.Contains('w', StringComparison.Ordinal) && Rights.Contains('x', StringComparison.Ordinal);

    public bool Contains(nint address) => address >= Start && address < End;

    public static IReadOnlyList<MemoryMapping> ReadAll() => [.. File.ReadLines("/proc/self/maps").Select(Parse)];

    private static MemoryMapping Parse(string line)
    {
        string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] range = words[0].Split('-');
        return new MemoryMapping(Number(range[0]), Number(range[1]), words[1], words.Length > 5 ? words[5] : "");
    }

    private static nint Number(string text) => (nint)ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
