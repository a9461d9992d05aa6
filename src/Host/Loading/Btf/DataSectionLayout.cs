using System.Collections.Immutable;
using Skep.Btf;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Btf;

/// <summary>
/// clang leaves the sizes of data sections, and the offsets of variables that other files could see, 0 in the BTF
/// and expects the loader to take them from the ELF sections and symbols. Offsets of static variables are there.
/// </summary>
internal static class DataSectionLayout
{
    public static BtfGraph Complete(ImmutableArray<BtfType> types, ElfFile elf, LoadingContext context)
    {
        Dictionary<(ushort Section, string Name), ulong>? symbols = null;
        ImmutableArray<BtfType>.Builder? completed = null;
        for (int number = 1; number < types.Length; number++)
        {
            if (types[number] is not BtfDataSection { Size: 0 } section || elf.FindSection(section.Name) is not { IsCode: false } bytes)
            {
                continue;
            }

            if (bytes.Size > uint.MaxValue)
            {
                context.Error(LoadingRules.MalformedBtf, $"{bytes.Size} bytes are more than a data section can have", section.Name);
                continue;
            }

            symbols ??= IndexVariables(elf);
            completed ??= types.ToBuilder();
            completed[number] = Complete(section, bytes, types, symbols, context);
        }

        return new BtfGraph(completed?.DrainToImmutable() ?? types);
    }

    private static Dictionary<(ushort Section, string Name), ulong> IndexVariables(ElfFile elf)
    {
        var symbols = new Dictionary<(ushort, string), ulong>();
        foreach (ref readonly ElfSymbol symbol in elf.Symbols)
        {
            if (symbol.Type == ElfSymbolType.Object && symbol.Binding != ElfBinding.Local && elf.NameOf(symbol) is { } name)
            {
                symbols.TryAdd((symbol.Section, name), symbol.Value);
            }
        }

        return symbols;
    }

    private static BtfDataSection Complete(
        BtfDataSection section, ElfSection bytes, ImmutableArray<BtfType> types, Dictionary<(ushort, string), ulong> symbols, LoadingContext context)
    {
        var variables = ImmutableArray.CreateBuilder<BtfSectionVariable>(section.Variables.Length);
        foreach (BtfSectionVariable entry in section.Variables)
        {
            ulong offset = entry.Offset;
            if (types[(int)entry.Variable.Value] is BtfVariable { Linkage: not FunctionLinkage.Static } variable
                && symbols.TryGetValue(((ushort)bytes.Index, variable.Name), out ulong value))
            {
                offset = value;
            }

            if (offset > (ulong)bytes.Size || entry.Size > (ulong)bytes.Size - offset)
            {
                string name = types[(int)entry.Variable.Value].Name;
                context.Error(LoadingRules.MalformedBtf, $"variable '{name}' ({entry.Size} bytes at {offset}) is not inside the section's {bytes.Size} bytes", section.Name);
                continue;
            }

            variables.Add(entry with { Offset = (uint)offset });
        }

        variables.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        return section with { Size = (uint)bytes.Size, Variables = variables.ToImmutable() };
    }
}
