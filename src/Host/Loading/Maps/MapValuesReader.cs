using System.Buffers.Binary;
using System.Collections.Immutable;
using Skep.Loading.Elf;
using Skep.Loading.Programs;
using Skep.Programs;

namespace Skep.Loading.Maps;

/// <summary>Relocations of <c>.maps</c>: the static contents of maps of maps and of program arrays.</summary>
internal sealed class MapValuesReader(LoadingContext context, ElfFile elf, MapTable maps, FunctionTable functions)
{
    private const int PointerSize = 8;

    public void Read(SortedList<long, MapValuesArea> areas)
    {
        if (elf.FindSection(MapSectionReader.SectionName) is not { Type: ElfSectionType.Program } section)
        {
            return;
        }

        var slots = new Dictionary<long, SortedDictionary<uint, string>>();
        foreach (ElfSection relocations in elf.Sections)
        {
            if (relocations.Type == ElfSectionType.Relocations && relocations.Info == (uint)section.Index)
            {
                foreach (ref readonly ElfRelocation relocation in elf.Relocations(relocations))
                {
                    ReadOne(relocation, section, areas, slots);
                }
            }
        }

        foreach ((long start, SortedDictionary<uint, string> found) in slots)
        {
            MapSpec map = maps.FindDefined(section, start)!;
            ImmutableArray<MapSlotInitializer> elements = [.. found.Select(static slot => new MapSlotInitializer(slot.Key, slot.Value))];
            maps.Replace(section, start, map with { Slots = elements });
        }
    }

    private void ReadOne(
        in ElfRelocation relocation, ElfSection section, SortedList<long, MapValuesArea> areas, Dictionary<long, SortedDictionary<uint, string>> slots)
    {
        if (relocation.Type is not (ElfRelocationType.Data64 or ElfRelocationType.Load64)
            || section.Size < PointerSize || relocation.Offset > (ulong)section.Size - PointerSize)
        {
            Fail($"relocation type {(uint)relocation.Type} at {relocation.Offset}, expected a pointer inside the section's {section.Size} bytes", (long)relocation.Offset);
            return;
        }

        long offset = (long)relocation.Offset;
        if (FindArea(areas, offset) is not { Values: { } values } area || offset < values || (offset - values) % PointerSize != 0)
        {
            Fail("a pointer stands outside of every map's 'values'", offset);
            return;
        }

        long index = (offset - values) / PointerSize;
        if (!context.IsWithin(index + 1, context.Limits.MapSlots, nameof(LoadingLimits.MapSlots), section.Name)
            || FindTarget(relocation, section, area) is not { } name)
        {
            return;
        }

        if (!slots.TryGetValue(area.Start, out SortedDictionary<uint, string>? found))
        {
            slots.Add(area.Start, found = []);
        }

        if (!found.TryAdd((uint)index, name))
        {
            Fail($"index {index} is filled twice", offset);
        }
    }

    private string? FindTarget(in ElfRelocation relocation, ElfSection section, MapValuesArea area)
    {
        long offset = (long)relocation.Offset;
        if (relocation.Symbol >= (uint)elf.Symbols.Length || elf.SectionOf(elf.Symbols[(int)relocation.Symbol]) is not { } target)
        {
            Fail($"symbol {relocation.Symbol} is not defined in this object", offset);
            return null;
        }

        ulong addend = BinaryPrimitives.ReadUInt64LittleEndian(elf.Bytes(section).Span[(int)offset..]);
        ulong address = elf.Symbols[(int)relocation.Symbol].Value + addend;
        MapSpec owner = maps.FindDefined(section, area.Start)!;
        string? name = owner.Inner is not null
            ? maps.FindDefined(target, (long)address)?.Name
            : functions.Find(target, (long)address) is { IsProgram: true } program ? program.Name : null;
        if (name is null)
        {
            Fail($"map '{owner.Name}' is filled with what is no {(owner.Inner is not null ? "map" : "program")} (byte {address} of section {target.Name})", offset);
        }

        return name;
    }

    /// <summary>The last area that starts at or before <paramref name="offset"/>, when it reaches it.</summary>
    private static MapValuesArea? FindArea(SortedList<long, MapValuesArea> areas, long offset)
    {
        int low = 0;
        int high = areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = areas.Keys[middle] <= offset ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && offset + PointerSize <= areas.Values[low - 1].End ? areas.Values[low - 1] : null;
    }

    private void Fail(string message, long offset)
        => context.Error(LoadingRules.MalformedMapValues, message, MapSectionReader.SectionName, offset);
}
