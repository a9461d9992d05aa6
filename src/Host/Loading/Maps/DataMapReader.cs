using Skep.Btf;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Maps;

/// <summary>
/// Data sections as maps: an array of one element that holds the section. Sections become maps when a program refers
/// to them or BTF names variables in them.
/// </summary>
internal sealed class DataMapReader(LoadingContext context, ElfFile elf, BtfGraph? graph)
{
    private const uint Array = 2;

    /// <summary><c>BPF_F_RDONLY_PROG</c>.</summary>
    private const uint ReadOnlyForPrograms = 0x80;

    public void Read(MapTable maps)
    {
        HashSet<int> used = FindUsed();
        Dictionary<string, BtfTypeId> types = FindTypes();
        foreach (ElfSection section in elf.Sections)
        {
            if (!section.IsData || section.Size == 0)
            {
                continue;
            }

            BtfTypeId? type = types.TryGetValue(section.Name, out BtfTypeId id) ? id : null;
            bool hasVariables = type is not null && ((BtfDataSection)graph![id]).Variables.Length > 0;
            if ((hasVariables || used.Contains(section.Index))
                && context.IsWithin(section.Size, context.Limits.DataSectionBytes, nameof(LoadingLimits.DataSectionBytes), section.Name)
                && !maps.AddData(ToMap(section, type), section))
            {
                return;
            }
        }

        WarnOfPointers(maps);
    }

    private MapSpec ToMap(ElfSection section, BtfTypeId? type) => new()
    {
        Name = section.Name,
        Type = new(new(Array)),
        KeySize = 4,
        ValueSize = (uint)section.Size,
        MaxEntries = 1,
        Flags = section.IsReadOnlyData ? ReadOnlyForPrograms : 0,
        IsFrozen = section.IsReadOnlyData,
        DataSection = section.Name,
        InitialValue = [.. elf.Bytes(section).Span],
        ValueType = type,
        Btf = graph,
    };

    private Dictionary<string, BtfTypeId> FindTypes()
    {
        var types = new Dictionary<string, BtfTypeId>();
        for (uint number = 0; number < (graph?.Count ?? 0); number++)
        {
            if (graph![new(number)] is BtfDataSection section)
            {
                types.TryAdd(section.Name, new(number));
            }
        }

        return types;
    }

    /// <summary>The sections that relocations of code point into.</summary>
    private HashSet<int> FindUsed()
    {
        var used = new HashSet<int>();
        ReadOnlySpan<ElfSymbol> symbols = elf.Symbols;
        foreach (ElfSection relocations in elf.Sections)
        {
            if (relocations.Type != ElfSectionType.Relocations || relocations.Info >= (uint)elf.Sections.Length || !elf.Sections[(int)relocations.Info].IsCode)
            {
                continue;
            }

            foreach (ref readonly ElfRelocation relocation in elf.Relocations(relocations))
            {
                if (relocation.Symbol < (uint)symbols.Length)
                {
                    used.Add(symbols[(int)relocation.Symbol].Section);
                }
            }
        }

        return used;
    }

    private void WarnOfPointers(MapTable maps)
    {
        foreach (ElfSection relocations in elf.Sections)
        {
            if (relocations.Type == ElfSectionType.Relocations && relocations.Size >= ElfConstants.RelocationSize && relocations.Info < (uint)elf.Sections.Length
                && elf.Sections[(int)relocations.Info] is { IsData: true } target && maps.FindData(target) is not null)
            {
                long place = (long)elf.Relocations(relocations)[0].Offset;
                context.Warn(LoadingRules.DataRelocationIgnored, "initialised data holds a pointer, which stays 0", target.Name, place);
            }
        }
    }
}
