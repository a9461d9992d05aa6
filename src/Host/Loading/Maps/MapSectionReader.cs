using Skep.Btf;
using Skep.Loading.Elf;

namespace Skep.Loading.Maps;

/// <summary>The <c>.maps</c> section: every variable of its BTF data section defines a map.</summary>
internal sealed class MapSectionReader(LoadingContext context, ElfFile elf, BtfGraph? graph)
{
    public const string SectionName = ".maps";

    /// <summary>Skep's way to name a map type that Linux has no number for: a declaration tag on the map.</summary>
    private const string TypeTag = "skep:map_type:";

    /// <summary>Adds the maps; the result says where static contents start, by the offset of the map.</summary>
    public SortedList<long, MapValuesArea> Read(MapTable maps)
    {
        var areas = new SortedList<long, MapValuesArea>();
        if (elf.FindSection(SectionName) is not { Type: ElfSectionType.Program } section)
        {
            return areas;
        }

        if (graph is null || graph.FindByName<BtfDataSection>(SectionName) is not { } id)
        {
            context.Error(LoadingRules.MapsNeedTypes, "the object has no BTF for its map definitions", SectionName);
            return areas;
        }

        Dictionary<BtfTypeId, string> typeNames = ReadTypeNames(graph);
        var reader = new MapDefinitionReader(context, graph);
        var data = (BtfDataSection)graph[id];
        for (int index = 0; index < data.Variables.Length; index++)
        {
            BtfSectionVariable entry = data.Variables[index];
            string name = graph[entry.Variable].Name;
            if (graph[entry.Variable] is not BtfVariable variable || graph.ResolveType(variable.Type) is not BtfStruct definition)
            {
                context.Error(LoadingRules.MalformedMap, $"'{name}' is not a variable of a struct type", SectionName, entry.Offset);
            }
            else if (reader.Read(definition, name, typeNames.GetValueOrDefault(entry.Variable)) is { } map)
            {
                if (!maps.AddDefined(map.Map, section, entry.Offset))
                {
                    return areas;
                }

                long end = index + 1 < data.Variables.Length ? data.Variables[index + 1].Offset : section.Size;
                areas.TryAdd(entry.Offset, new(entry.Offset, entry.Offset + map.ValuesOffset, end));
            }
        }

        return areas;
    }

    private static Dictionary<BtfTypeId, string> ReadTypeNames(BtfGraph graph)
    {
        var names = new Dictionary<BtfTypeId, string>();
        foreach (BtfType type in graph.Types)
        {
            if (type is BtfDeclarationTag { Component: -1 } tag && tag.Tag.StartsWith(TypeTag, StringComparison.Ordinal) && tag.Tag.Length > TypeTag.Length)
            {
                names.TryAdd(tag.Target, tag.Tag[TypeTag.Length..]);
            }
        }

        return names;
    }
}

/// <summary>Where a map's variable lies in <c>.maps</c>, in bytes of the section.</summary>
/// <param name="Values">Where the pointers of its static contents start; null when it can have none.</param>
/// <param name="End">Where the next variable, or nothing, starts.</param>
internal sealed record MapValuesArea(long Start, long? Values, long End);
