using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Skep.Btf;
using Skep.Loading.Btf;
using Skep.Loading.Elf;
using Skep.Loading.Maps;
using Skep.Loading.Programs;
using Skep.Programs;

namespace Skep.Loading;

/// <summary>The road from bytes to <see cref="ObjectSpec"/>: container, types, maps, functions, relocation, programs.</summary>
internal sealed class ObjectReader(LoadingContext context)
{
    /// <summary>Null, or to be dropped, when the findings hold an error.</summary>
    public ObjectSpec? Read(ReadOnlyMemory<byte> image)
    {
        if (ElfReader.Read(image, context) is not { } elf)
        {
            return null;
        }

        BtfGraph? graph = ReadTypes(elf, out IReadOnlyDictionary<string, BtfExtSection>? ext);
        string? license = ReadLicense(elf);
        uint? version = ReadVersion(elf);
        if (context.HasErrors)
        {
            return null;
        }

        var maps = new MapTable(context);
        SortedList<long, MapValuesArea> valuesAreas = new MapSectionReader(context, elf, graph).Read(maps);
        new LegacyMapReader(context, elf).Read(maps);
        new DataMapReader(context, elf, graph).Read(maps);
        FunctionTable functions = FunctionTable.Read(context, elf, ext);
        if (context.HasErrors)
        {
            return null;
        }

        new MapValuesReader(context, elf, maps, functions).Read(valuesAreas);
        new FunctionRelocator(context, elf, functions, maps, new ExternTable(graph)).Apply();
        return context.HasErrors ? null : new()
        {
            Name = context.Name,
            License = license,
            KernelVersion = version,
            Programs = JoinPrograms(functions, new ProgramJoiner(context, license, graph)),
            Maps = maps.ToImmutable(),
            Btf = graph,
        };
    }

    private BtfGraph? ReadTypes(ElfFile elf, out IReadOnlyDictionary<string, BtfExtSection>? ext)
    {
        ext = null;
        if (elf.FindSection(BtfReader.SectionName) is not { Type: ElfSectionType.Program } types
            || new BtfReader(context).Read(elf.Bytes(types), out StringTable strings) is not { } read)
        {
            return null;
        }

        BtfGraph graph = DataSectionLayout.Complete(read, elf, context);
        if (elf.FindSection(BtfExtReader.SectionName) is { Type: ElfSectionType.Program } extension)
        {
            ext = new BtfExtReader(context, elf, graph, strings).Read(elf.Bytes(extension).Span);
        }

        return graph;
    }

    private string? ReadLicense(ElfFile elf)
    {
        if (elf.FindSection("license") is not { Type: ElfSectionType.Program } section)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = elf.Bytes(section).Span;
        int length = bytes.IndexOf((byte)0);
        if (length < 0 || bytes[..length].ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
        {
            context.Error(LoadingRules.MalformedMetadata, $"the licence's {bytes.Length} bytes are no printable text that ends with a zero byte", section.Name);
            return null;
        }

        return Encoding.ASCII.GetString(bytes[..length]);
    }

    private uint? ReadVersion(ElfFile elf)
    {
        if (elf.FindSection("version") is not { Type: ElfSectionType.Program } section)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = elf.Bytes(section).Span;
        if (bytes.Length != 4)
        {
            context.Error(LoadingRules.MalformedMetadata, $"the version has {bytes.Length} bytes, expected 4", section.Name);
            return null;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private ImmutableArray<ProgramSpec> JoinPrograms(FunctionTable functions, ProgramJoiner joiner)
    {
        var programs = ImmutableArray.CreateBuilder<ProgramSpec>();
        var names = new HashSet<string>();
        foreach (FunctionImage function in functions.All)
        {
            if (!function.IsProgram)
            {
                continue;
            }

            if (!names.Add(function.Name))
            {
                context.Error(LoadingRules.DuplicateName, $"a second program is called '{function.Name}'", function.Section.Name, function.FirstSlot * 8L);
            }
            else if (joiner.Join(function) is { } program)
            {
                programs.Add(program);
            }
            else
            {
                return [];
            }
        }

        if (programs.Count == 0 && functions.All.Count > 0)
        {
            context.Warn(LoadingRules.NoProgram, $"all {functions.All.Count} functions are in .text, which holds subprograms", ".text");
        }

        return programs.ToImmutable();
    }
}
