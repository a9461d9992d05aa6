using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Skep.Loading.Elf;

/// <summary>Bytes to <see cref="ElfFile"/>; checks everything that the later steps take for granted about the container.</summary>
internal static class ElfReader
{
    /// <summary>Null when there was an error, which is then among the findings.</summary>
    public static ElfFile? Read(ReadOnlyMemory<byte> image, LoadingContext context)
        => ElfHeader.Read(image.Span, context) is { } header
            && ReadSections(image, header, context) is { } sections
            && AreApart(image, sections, context)
            && TryReadSymbols(image, sections, context, out ElfSection? symbols, out StringTable? names)
                ? new ElfFile(image, sections, symbols, names)
                : null;

    private static ImmutableArray<ElfSection>? ReadSections(ReadOnlyMemory<byte> image, ElfHeader header, LoadingContext context)
    {
        int names = header.NamesSection;
        ReadOnlySpan<byte> headers = image.Span.Slice(header.SectionsOffset, header.SectionCount * ElfConstants.SectionHeaderSize);
        RawSection namesHeader = RawSection.Read(headers, names);
        if (namesHeader.Type != ElfSectionType.Strings || !namesHeader.IsInside(image.Length))
        {
            context.Error(LoadingRules.MalformedElf, $"section {names}, which should hold the sections' names, is no string table inside the file");
            return null;
        }

        var table = new StringTable(image.Slice((int)namesHeader.Offset, (int)namesHeader.Size), context.Limits.StringExpansion);
        var sections = ImmutableArray.CreateBuilder<ElfSection>(header.SectionCount);
        for (int index = 0; index < header.SectionCount; index++)
        {
            RawSection raw = RawSection.Read(headers, index);
            long place = header.SectionsOffset + ((long)index * ElfConstants.SectionHeaderSize);
            string? name = raw.Type == ElfSectionType.Null ? "" : table.Find(raw.Name);
            if (name is null)
            {
                context.Error(LoadingRules.MalformedElf, $"section {index}'s name at {raw.Name} is not inside the {table.Length} bytes of names", offset: place);
                return null;
            }

            if (raw.Type is not (ElfSectionType.NoBits or ElfSectionType.Null) && !raw.IsInside(image.Length))
            {
                context.Error(LoadingRules.Truncated, $"{raw.Size} bytes at {raw.Offset} are not inside the file of {image.Length} bytes", name, place);
                return null;
            }

            if (raw.Size > long.MaxValue)
            {
                context.Error(LoadingRules.MalformedElf, $"a size of {raw.Size} bytes", name, place);
                return null;
            }

            bool isBacked = raw.Type is not (ElfSectionType.NoBits or ElfSectionType.Null);
            sections.Add(new(index, name, raw.Type, raw.Flags, isBacked ? (int)raw.Offset : 0, (long)raw.Size, raw.Link, raw.Info));
        }

        return sections.MoveToImmutable();
    }

    /// <summary>Sections that shared bytes would let a small file ask for much memory; no compiler writes such a file.</summary>
    private static bool AreApart(ReadOnlyMemory<byte> image, ImmutableArray<ElfSection> sections, LoadingContext context)
    {
        long total = 0;
        foreach (ElfSection section in sections)
        {
            total += section.Type is ElfSectionType.NoBits or ElfSectionType.Null ? 0 : section.Size;
        }

        if (total > image.Length)
        {
            context.Error(LoadingRules.MalformedElf, $"the sections hold {total} bytes, but the file has only {image.Length}: some share bytes");
            return false;
        }

        return true;
    }

    private static bool TryReadSymbols(
        ReadOnlyMemory<byte> image, ImmutableArray<ElfSection> sections, LoadingContext context, out ElfSection? symbols, out StringTable? names)
    {
        names = null;
        symbols = sections.FirstOrDefault(section => section.Type == ElfSectionType.Symbols);
        if (symbols is null)
        {
            return true;
        }

        if (symbols.Size % ElfConstants.SymbolSize != 0)
        {
            context.Error(LoadingRules.MalformedElf, $"{symbols.Size} bytes are no whole number of {ElfConstants.SymbolSize}-byte symbols", symbols.Name);
            return false;
        }

        if (!context.IsWithin(symbols.Size / ElfConstants.SymbolSize, context.Limits.Symbols, nameof(LoadingLimits.Symbols), symbols.Name))
        {
            return false;
        }

        if (symbols.Link >= (uint)sections.Length || sections[(int)symbols.Link] is not { Type: ElfSectionType.Strings } table)
        {
            context.Error(LoadingRules.MalformedElf, $"section {symbols.Link}, which should hold the symbols' names, is no string table", symbols.Name);
            return false;
        }

        names = new StringTable(image.Slice(table.Offset, (int)table.Size), context.Limits.StringExpansion);
        return true;
    }

    /// <summary><c>Elf64_Shdr</c>.</summary>
    private readonly record struct RawSection(uint Name, ElfSectionType Type, ElfSectionFlags Flags, ulong Offset, ulong Size, uint Link, uint Info)
    {
        public bool IsInside(int length) => Offset <= (ulong)length && Size <= (ulong)length - Offset;

        public static RawSection Read(ReadOnlySpan<byte> headers, int index)
        {
            ReadOnlySpan<byte> header = headers.Slice(index * ElfConstants.SectionHeaderSize, ElfConstants.SectionHeaderSize);
            return new(
                BinaryPrimitives.ReadUInt32LittleEndian(header),
                (ElfSectionType)BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
                (ElfSectionFlags)BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(header[32..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[40..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[44..]));
        }
    }
}
