using System.Collections.Immutable;
using System.Globalization;
using Skep.Cli.Running;
using Skep.Cli.Testing;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Cli.Benching;

/// <summary>What one run left, part by part: the result, the data, and the contents of each map that all CPUs share.</summary>
internal sealed class BenchOutcome
{
    private readonly ImmutableArray<(string Name, byte[] Bytes)> _parts;

    private BenchOutcome(ImmutableArray<(string Name, byte[] Bytes)> parts) => _parts = parts;

    /// <summary>Of an object whose program has just run for the first time.</summary>
    public static BenchOutcome Of(LoadedObject loaded, ulong result, TestMemory memory) => new(
    [
        ("the result", BitConverter.GetBytes(result)),
        ("the data", memory.Data.ToArray()),
        .. loaded.Maps.Where(map => map.Map is IKeyedMap and not IPerCpuMap).Select(map => ($"map {map.Name}", Contents((IKeyedMap)map.Map))),
    ]);

    /// <summary>Names of the parts that are not the same in the other.</summary>
    public ImmutableArray<string> Differences(BenchOutcome other)
        => [.. _parts.Zip(other._parts).Where(pair => !pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes)).Select(pair => pair.First.Name)];

    /// <summary>A part's value, for messages.</summary>
    public string Describe(string part)
    {
        byte[] bytes = _parts.First(candidate => candidate.Name == part).Bytes;
        return bytes.Length == sizeof(ulong)
            ? string.Create(CultureInfo.InvariantCulture, $"0x{BitConverter.ToUInt64(bytes):x}")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes of other contents");
    }

    private static byte[] Contents(IKeyedMap map)
    {
        List<MapEntry> entries = MapEntries.Read(map);
        MapEntries.Sort(entries, byValue: false);
        return [.. entries.SelectMany(entry => entry.Key.Concat(entry.Value))];
    }
}
