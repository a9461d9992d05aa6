using System.Collections.Immutable;
using System.Globalization;
using Skep.Btf;
using Skep.Cli.Output;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Cli.Running;

/// <summary>A map's contents as a report: keys and values by their BTF types, globals by their names.</summary>
internal static class MapReport
{
    /// <summary>How many entries are shown unless all are asked for.</summary>
    public const int DefaultEntries = 64;

    /// <returns>Null for maps that have nothing to tell: constants, and data sections without variables.</returns>
    public static Report? Create(LoadedMap map, int most)
    {
        MapSpec spec = map.Map.Spec;
        return spec.IsFrozen ? null
            : spec.DataSection is not null ? Globals(map)
            : map.Map is IKeyedMap keyed ? Entries(map, keyed, most)
            : map.Map is IRingBufferMap ring ? Only(map, "ring buffer", [new("dropped", "records dropped", Cell.Of(ring.Dropped))])
            : Only(map, map.Type.Descriptor.Name, []);
    }

    private static Report Only(LoadedMap map, string what, ImmutableArray<ReportField> fields)
        => Report.Of(Head(map), new ReportFields("", $"map {map.Name} ({what})", fields));

    private static ReportFields Head(LoadedMap map) => new("", "",
    [
        new("name", null, Cell.Of(map.Name)),
        new("type", null, Cell.Of(map.Type.Descriptor.Name)),
        new("id", null, Cell.Of(map.Id.Value)),
    ]);

    private static Report? Globals(LoadedMap map)
    {
        if (map.Map is not IKeyedMap keyed || MapEntries.Read(keyed, most: 1) is not [{ } only, ..])
        {
            return null;
        }

        MapSpec spec = map.Map.Spec;
        ImmutableArray<ReportField> fields = spec.Btf is { } btf && spec.ValueType is { } type && btf.ResolveType(type) is BtfDataSection section
            ? [.. section.Variables.Select(entry => Variable(btf, entry, only.Value))]
            : [new("data", "bytes", Cell.Hexadecimal(only.Value))];
        return fields.IsEmpty ? null : Report.Of(Head(map), new ReportFields("variables", $"globals {spec.DataSection}", fields));
    }

    private static ReportField Variable(BtfGraph btf, BtfSectionVariable entry, byte[] data)
    {
        string name = btf[entry.Variable].Name;
        int start = (int)Math.Min(entry.Offset, (uint)data.Length);
        int length = (int)Math.Min(entry.Size, (uint)(data.Length - start));
        return new(name, name, Cell.Of(btf, entry.Variable, data[start..(start + length)]));
    }

    private static Report Entries(LoadedMap map, IKeyedMap keyed, int most)
    {
        MapSpec spec = keyed.Spec;
        bool isIndexed = keyed is IDirectValueMap || map.Type.Descriptor.KeySize == SizeRule.Exactly(sizeof(uint));
        bool isCounter = keyed is not IPerCpuMap && spec.Btf is { } btf && spec.ValueType is { } type && btf.ResolveType(type) is BtfInteger { Size: <= sizeof(ulong) };
        List<MapEntry> entries = MapEntries.Read(keyed, isIndexed ? most : long.MaxValue);
        MapEntries.Sort(entries, byValue: isCounter && !isIndexed);
        long count = Math.Max(keyed.Count, entries.Count);
        long leftOut = count - Math.Min(entries.Count, most);
        ImmutableArray<ImmutableArray<Cell>> rows =
        [
            .. entries.Take(most).Select(entry => ImmutableArray.Create(Typed(spec, spec.KeyType, entry.Key), ValueOf(keyed, entry.Value))),
        ];
        string counted = count == 1 ? "1 entry" : $"{count.ToString(CultureInfo.InvariantCulture)} entries";
        var table = new ReportTable("entries", $"map {map.Name} ({map.Type.Descriptor.Name}, {counted})", [new("key", "key"), new("value", "value")], rows)
        {
            WhenEmpty = "empty",
            Footer = leftOut == 0 ? "" : entries.Count >= most ? $"… and {leftOut} more (--all-entries shows them)" : $"… and {leftOut} more, too many to copy out",
        };
        return Report.Of(Head(map), table, new ReportFields("", "", [new("left_out", null, Cell.Of(leftOut))]));
    }

    private static Cell Typed(MapSpec spec, BtfTypeId? type, byte[] bytes) => Cell.Of(spec.Btf, type, bytes);

    private static Cell ValueOf(IKeyedMap map, byte[] bytes)
    {
        if (map is not IPerCpuMap each)
        {
            return Typed(map.Spec, map.Spec.ValueType, bytes);
        }

        int stride = MapEntries.CpuStride(map);
        Cell[] values = [.. Enumerable.Range(0, each.CpuCount).Select(cpu => Typed(map.Spec, map.Spec.ValueType, bytes[(cpu * stride)..((cpu * stride) + (int)map.Spec.ValueSize)]))];
        return new Cell(
            string.Join(", ", values.Select((value, cpu) => $"cpu{cpu.ToString(CultureInfo.InvariantCulture)} = {value.Text}")),
            json =>
            {
                json.WriteStartArray();
                foreach (Cell value in values)
                {
                    value.Json(json);
                }

                json.WriteEndArray();
            });
    }
}
