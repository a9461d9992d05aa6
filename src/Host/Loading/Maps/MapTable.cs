using System.Collections.Immutable;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Maps;

/// <summary>The object's maps, found by name and by where relocations point.</summary>
internal sealed class MapTable(LoadingContext context)
{
    private readonly List<MapSpec> _maps = [];
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<(int Section, long Offset), int> _defined = [];
    private readonly Dictionary<int, int> _data = [];

    public int Count => _maps.Count;

    public ImmutableArray<MapSpec> ToImmutable() => [.. _maps];

    /// <summary>A map that stands at <paramref name="offset"/> of a section of definitions.</summary>
    public bool AddDefined(MapSpec map, ElfSection section, long offset)
    {
        if (!Add(map, section))
        {
            return false;
        }

        if (!_defined.TryAdd((section.Index, offset), _maps.Count - 1))
        {
            context.Error(LoadingRules.MalformedMap, $"another map also starts at byte {offset}", section.Name, offset, map.Name);
            return false;
        }

        return true;
    }

    public bool AddData(MapSpec map, ElfSection section)
    {
        if (!Add(map, section))
        {
            return false;
        }

        _data.Add(section.Index, _maps.Count - 1);
        return true;
    }

    public MapSpec? FindDefined(ElfSection section, long offset)
        => _defined.TryGetValue((section.Index, offset), out int index) ? _maps[index] : null;

    public MapSpec? FindData(ElfSection section)
        => _data.TryGetValue(section.Index, out int index) ? _maps[index] : null;

    /// <summary>Puts <paramref name="map"/> in the place of the one that stands at <paramref name="offset"/>.</summary>
    public void Replace(ElfSection section, long offset, MapSpec map) => _maps[_defined[(section.Index, offset)]] = map;

    private bool Add(MapSpec map, ElfSection section)
    {
        if (!context.IsWithin(_maps.Count + 1, context.Limits.Maps, nameof(LoadingLimits.Maps), section.Name))
        {
            return false;
        }

        if (!_names.Add(map.Name))
        {
            context.Error(LoadingRules.DuplicateName, $"a second map is called '{map.Name}'", section.Name);
            return false;
        }

        _maps.Add(map);
        return true;
    }
}
