using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Skep.Loading.Elf;

/// <summary>A checked view of an ELF image: every section lies inside it, and no two share bytes.</summary>
internal sealed class ElfFile(ReadOnlyMemory<byte> image, ImmutableArray<ElfSection> sections, ElfSection? symbolSection, StringTable? symbolNames)
{
    private readonly Dictionary<string, ElfSection> _byName = FirstByName(sections);

    public ImmutableArray<ElfSection> Sections => sections;

    public ReadOnlySpan<ElfSymbol> Symbols
        => symbolSection is null ? [] : MemoryMarshal.Cast<byte, ElfSymbol>(Bytes(symbolSection).Span);

    public ElfSection? FindSection(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The section that a symbol is in; null for undefined, absolute and common symbols and for bad numbers.</summary>
    public ElfSection? SectionOf(in ElfSymbol symbol)
        => symbol.Section is > 0 and < ElfConstants.FirstReservedSection && symbol.Section < sections.Length ? sections[symbol.Section] : null;

    /// <summary>The section's bytes in the file; empty for <c>.bss</c>-like ones.</summary>
    public ReadOnlyMemory<byte> Bytes(ElfSection section)
        => section.Type is ElfSectionType.NoBits or ElfSectionType.Null ? default : image.Slice(section.Offset, (int)section.Size);

    public ReadOnlySpan<ElfRelocation> Relocations(ElfSection section)
        => MemoryMarshal.Cast<byte, ElfRelocation>(Bytes(section).Span);

    /// <summary>A symbol's own name, or its section's where it has none; null when the name cannot be read.</summary>
    public string? NameOf(in ElfSymbol symbol)
        => symbol.Type == ElfSymbolType.Section && SectionOf(symbol) is { } section ? section.Name : symbolNames?.Find(symbol.NameOffset);

    private static Dictionary<string, ElfSection> FirstByName(ImmutableArray<ElfSection> sections)
    {
        var index = new Dictionary<string, ElfSection>(sections.Length);
        foreach (ElfSection section in sections)
        {
            index.TryAdd(section.Name, section);
        }

        return index;
    }
}
