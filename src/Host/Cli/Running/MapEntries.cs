using System.Buffers.Binary;
using Skep.Contracts;

namespace Skep.Cli.Running;

/// <summary>One entry of a map, copied out.</summary>
internal sealed record MapEntry(byte[] Key, byte[] Value);

/// <summary>Copies a map's contents out.</summary>
internal static class MapEntries
{
    /// <summary>What copies of a map's entries may take, in bytes; of a larger map only the first entries are shown.</summary>
    public const long MaxCopyBytes = 256L << 20;

    // Of an entry beside its bytes: the record and two arrays with their heads.
    private const int EntryOverhead = 128;

    private const int CpuValueAlignment = 8;

    /// <summary>The length of what a look-up by user code gives: all CPUs' values where each has its own.</summary>
    public static int ValueLength(IKeyedMap map)
        => map is IPerCpuMap each ? CpuStride(map) * each.CpuCount : (int)map.Spec.ValueSize;

    /// <summary>From one CPU's value to the next, in bytes.</summary>
    public static int CpuStride(IMap map) => ((int)map.Spec.ValueSize + CpuValueAlignment - 1) & -CpuValueAlignment;

    /// <summary>
    /// The entries in the map's own order, at most <paramref name="most"/> and at most <see cref="MaxCopyBytes"/>. Entries that others delete meanwhile are left out.
    /// </summary>
    public static List<MapEntry> Read(IKeyedMap map, long most = long.MaxValue)
    {
        var entries = new List<MapEntry>();
        byte[] key = [];
        long affordable = MaxCopyBytes / (EntryOverhead + map.Spec.KeySize + ValueLength(map));
        for (long left = Math.Min(Math.Min(map.Spec.MaxEntries, most), Math.Max(affordable, 1)); left > 0; left--)
        {
            var next = new byte[map.Spec.KeySize];
            if (map.NextKey(key, next) != Errno.None)
            {
                break;
            }

            key = next;
            var value = new byte[ValueLength(map)];
            if (map.Lookup(key, value) == Errno.None)
            {
                entries.Add(new MapEntry(key, value));
            }
        }

        return entries;
    }

    /// <summary>Counters first, the largest at the top; everything else by key.</summary>
    public static void Sort(List<MapEntry> entries, bool byValue)
        => entries.Sort((one, other) =>
        {
            int order = byValue ? Number(other.Value).CompareTo(Number(one.Value)) : 0;
            return order != 0 ? order : Compare(one.Key, other.Key);
        });

    /// <summary>Keys as little-endian numbers where they are as small, else as bytes.</summary>
    private static int Compare(byte[] one, byte[] other)
        => one.Length <= sizeof(ulong) ? Number(one).CompareTo(Number(other)) : one.AsSpan().SequenceCompareTo(other);

    private static ulong Number(byte[] bytes)
    {
        Span<byte> wide = stackalloc byte[sizeof(ulong)];
        wide.Clear();
        bytes.AsSpan(0, Math.Min(bytes.Length, sizeof(ulong))).CopyTo(wide);
        return BinaryPrimitives.ReadUInt64LittleEndian(wide);
    }
}
