using Skep.Loading.Btf;
using Skep.Loading.Elf;
using Skep.Programs;

namespace Skep.Loading.Programs;

/// <summary>Every function of the object, found by where it starts. Functions do not overlap.</summary>
internal sealed class FunctionTable
{
    private readonly List<FunctionImage> _functions;
    private readonly Dictionary<(int Section, long Slot), FunctionImage> _byStart = [];

    private FunctionTable(List<FunctionImage> functions)
    {
        _functions = functions;
        foreach (FunctionImage function in functions)
        {
            _byStart.TryAdd((function.Section.Index, function.FirstSlot), function);
        }
    }

    /// <summary>In the order of the sections and, within one, of the addresses.</summary>
    public IReadOnlyList<FunctionImage> All => _functions;

    /// <param name="offset">In bytes.</param>
    public FunctionImage? Find(ElfSection section, long offset)
        => offset % 8 == 0 ? _byStart.GetValueOrDefault((section.Index, offset / 8)) : null;

    /// <summary>Whether some function holds the byte.</summary>
    public bool Covers(int section, ulong offset)
    {
        int low = 0;
        int high = _functions.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            FunctionImage function = _functions[middle];
            bool startsBefore = function.Section.Index < section || (function.Section.Index == section && (ulong)function.FirstSlot * 8 <= offset);
            (low, high) = startsBefore ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && _functions[low - 1].Section.Index == section && (ulong)_functions[low - 1].EndSlot * 8 > offset;
    }

    public static FunctionTable Read(LoadingContext context, ElfFile elf, IReadOnlyDictionary<string, BtfExtSection>? ext)
    {
        var functions = new List<FunctionImage>();
        foreach (ref readonly ElfSymbol symbol in elf.Symbols)
        {
            if (symbol.Type == ElfSymbolType.Function && elf.SectionOf(symbol) is { IsCode: true } section && ReadOne(context, elf, symbol, section) is { } function)
            {
                functions.Add(function);
            }
        }

        functions.Sort(static (a, b) => (a.Section.Index, a.FirstSlot).CompareTo((b.Section.Index, b.FirstSlot)));
        for (int index = 1; index < functions.Count; index++)
        {
            FunctionImage before = functions[index - 1];
            FunctionImage after = functions[index];
            if (before.Section == after.Section && before.EndSlot > after.FirstSlot)
            {
                context.Error(LoadingRules.MalformedFunction, $"functions '{before.Name}' and '{after.Name}' share instructions", after.Section.Name, after.FirstSlot * 8L);
            }
        }

        if (!context.HasErrors && ext is not null)
        {
            functions.ForEach(function => AttachDebugInformation(function, ext));
        }

        return new(functions);
    }

    private static FunctionImage? ReadOne(LoadingContext context, ElfFile elf, in ElfSymbol symbol, ElfSection section)
    {
        if (elf.NameOf(symbol) is not { Length: > 0 } name)
        {
            context.Error(LoadingRules.MalformedFunction, "a function has no name", section.Name, (long)symbol.Value);
            return null;
        }

        if (section.Flags.HasFlag(ElfSectionFlags.Compressed))
        {
            context.Error(LoadingRules.MalformedElf, "code is compressed", section.Name, thing: name);
            return null;
        }

        if (symbol.Size == 0 || symbol.Size % 8 != 0 || symbol.Value % 8 != 0
            || symbol.Value > (ulong)section.Size || symbol.Size > (ulong)section.Size - symbol.Value)
        {
            context.Error(
                LoadingRules.MalformedFunction,
                $"{symbol.Size} bytes at {symbol.Value}, expected a whole number of 8-byte instructions inside the section's {section.Size} bytes",
                section.Name,
                thing: name);
            return null;
        }

        int length = (int)(symbol.Size / 8);
        return context.IsWithin(length, context.Limits.InstructionsPerProgram, nameof(LoadingLimits.InstructionsPerProgram), section.Name, name)
            ? new(name, section, (int)(symbol.Value / 8), length, symbol.IsInternal ? FunctionLinkage.Static : FunctionLinkage.Global)
            : null;
    }

    private static void AttachDebugInformation(FunctionImage function, IReadOnlyDictionary<string, BtfExtSection> ext)
    {
        if (!ext.TryGetValue(function.Section.Name, out BtfExtSection? section))
        {
            return;
        }

        int first = BtfExtSection.LowerBound(section.Functions, function.FirstSlot, static entry => entry.Slot);
        if (first < section.Functions.Count && section.Functions[first].Slot == function.FirstSlot)
        {
            function.Type = section.Functions[first].Function;
        }

        for (int index = BtfExtSection.LowerBound(section.Lines, function.FirstSlot, static entry => entry.Slot.Value);
            index < section.Lines.Count && section.Lines[index].Slot.Value < function.EndSlot;
            index++)
        {
            LineInfo line = section.Lines[index];
            function.Lines.Add(line with { Slot = new(line.Slot.Value - function.FirstSlot) });
        }

        for (int index = BtfExtSection.LowerBound(section.CoreRelocations, function.FirstSlot, static entry => entry.Slot.Value);
            index < section.CoreRelocations.Count && section.CoreRelocations[index].Slot.Value < function.EndSlot;
            index++)
        {
            CoreRelocation relocation = section.CoreRelocations[index];
            function.CoreRelocations.Add(relocation with { Slot = new(relocation.Slot.Value - function.FirstSlot) });
        }
    }
}
