using System.Buffers.Binary;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Maps;

/// <summary>The older <c>maps</c> section: variables of <c>struct bpf_map_def</c>, five 32-bit numbers.</summary>
internal sealed class LegacyMapReader(LoadingContext context, ElfFile elf)
{
    public const string SectionName = "maps";

    private const int DefinitionSize = 20;

    public void Read(MapTable maps)
    {
        if (elf.FindSection(SectionName) is not { Type: ElfSectionType.Program, IsCode: false } section)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = elf.Bytes(section).Span;
        foreach (ref readonly ElfSymbol symbol in elf.Symbols)
        {
            if (symbol.Section != section.Index || symbol.Type is ElfSymbolType.Section or ElfSymbolType.File or ElfSymbolType.Function)
            {
                continue;
            }

            if (elf.NameOf(symbol) is not { Length: > 0 } name)
            {
                context.Error(LoadingRules.MalformedMap, "a map has no name", section.Name);
            }
            else if (ReadOne(bytes, symbol, name) is { } map && !maps.AddDefined(map, section, (long)symbol.Value))
            {
                return;
            }
        }
    }

    private MapSpec? ReadOne(ReadOnlySpan<byte> section, in ElfSymbol symbol, string name)
    {
        ulong size = Math.Max(symbol.Size, DefinitionSize);
        if (symbol.Value > (ulong)section.Length || size > (ulong)section.Length - symbol.Value)
        {
            context.Error(LoadingRules.MalformedMap, $"{size} bytes at {symbol.Value} are not inside the section's {section.Length} bytes", SectionName, thing: name);
            return null;
        }

        ReadOnlySpan<byte> definition = section.Slice((int)symbol.Value, (int)size);
        if (definition[DefinitionSize..].ContainsAnyExcept((byte)0))
        {
            context.Error(
                LoadingRules.MalformedMap,
                $"the definition has {size} bytes, and those after the first {DefinitionSize} (type, key_size, value_size, max_entries, map_flags) are not 0",
                SectionName,
                (long)symbol.Value,
                name);
            return null;
        }

        return new()
        {
            Name = name,
            Type = new(new(Word(definition, 0))),
            KeySize = Word(definition, 1),
            ValueSize = Word(definition, 2),
            MaxEntries = Word(definition, 3),
            Flags = Word(definition, 4),
        };
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * 4)..]);
}
