using System.Runtime.InteropServices;
using Skep.Findings;
using Skep.Isa;
using Skep.Loading.Btf;
using Skep.Loading.Elf;
using Skep.Loading.Maps;
using Skep.Programs;

namespace Skep.Loading.Programs;

/// <summary>
/// Applies the relocations of code: each function gets its own instructions, with references to maps and externs in
/// place, and the list of functions that it uses.
/// </summary>
internal sealed class FunctionRelocator(LoadingContext context, ElfFile elf, FunctionTable functions, MapTable maps, ExternTable externs)
{
    public void Apply()
    {
        if (CollectRelocations() is not { } bySection)
        {
            return;
        }

        foreach (FunctionImage function in functions.All)
        {
            List<ElfRelocation> relocations = bySection.GetValueOrDefault(function.Section.Index) ?? [];
            Apply(function, relocations);
            if (context.HasErrors && context.Findings.LeftOut > 0)
            {
                return;
            }
        }

        foreach ((int section, List<ElfRelocation> relocations) in bySection)
        {
            foreach (ElfRelocation relocation in relocations)
            {
                if (!functions.Covers(section, relocation.Offset))
                {
                    context.Error(LoadingRules.MalformedRelocation, "a relocation outside of every function", elf.Sections[section].Name, (long)relocation.Offset);
                    return;
                }
            }
        }
    }

    /// <summary>By the section they apply to, sorted by offset; null when there was an error.</summary>
    private Dictionary<int, List<ElfRelocation>>? CollectRelocations()
    {
        var bySection = new Dictionary<int, List<ElfRelocation>>();
        long total = 0;
        foreach (ElfSection section in elf.Sections)
        {
            if (section.Type is not (ElfSectionType.Relocations or ElfSectionType.RelocationsWithAddends)
                || section.Info >= (uint)elf.Sections.Length || !elf.Sections[(int)section.Info].IsCode)
            {
                continue;
            }

            if (section.Type == ElfSectionType.RelocationsWithAddends || section.Size % ElfConstants.RelocationSize != 0)
            {
                context.Error(LoadingRules.MalformedRelocation, $"{section.Size} bytes of section type {(uint)section.Type} are no {ElfConstants.RelocationSize}-byte SHT_REL entries", section.Name);
                return null;
            }

            total += section.Size / ElfConstants.RelocationSize;
            if (!context.IsWithin(total, context.Limits.Relocations, nameof(LoadingLimits.Relocations), section.Name))
            {
                return null;
            }

            if (!bySection.TryGetValue((int)section.Info, out List<ElfRelocation>? list))
            {
                bySection.Add((int)section.Info, list = []);
            }

            list.AddRange(elf.Relocations(section));
        }

        foreach ((int section, List<ElfRelocation> list) in bySection)
        {
            if (!AreDistinct(list, elf.Sections[section].Name))
            {
                return null;
            }
        }

        return bySection;
    }

    private bool AreDistinct(List<ElfRelocation> list, string section)
    {
        list.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        for (int index = 1; index < list.Count; index++)
        {
            if (list[index - 1].Offset == list[index].Offset)
            {
                context.Error(LoadingRules.MalformedRelocation, "two relocations of one instruction", section, (long)list[index].Offset);
                return false;
            }
        }

        return true;
    }

    /// <summary>Walks the function's instructions and its relocations side by side.</summary>
    private void Apply(FunctionImage function, List<ElfRelocation> relocations)
    {
        ReadOnlySpan<byte> bytes = elf.Bytes(function.Section).Span.Slice(function.FirstSlot * 8, function.Length * 8);
        function.Code = MemoryMarshal.Cast<byte, RawInstruction>(bytes).ToArray();
        int next = LowerBound(relocations, (ulong)function.FirstSlot * 8);
        for (int slot = 0; slot < function.Length; slot++)
        {
            RawInstruction instruction = function.Code[slot];
            ulong offset = (ulong)(function.FirstSlot + slot) * 8;
            bool isWide = instruction.Opcode == PseudoSource.LoadImmediate64;
            if (next < relocations.Count && relocations[next].Offset < offset + (isWide ? 16u : 8u))
            {
                Relocate(function, slot, relocations[next]);
                next++;
            }
            else if (instruction.Opcode == PseudoSource.Call && instruction.Source == PseudoSource.LocalCall)
            {
                // Calls inside one section need no relocation: the distance is known.
                Use(function, slot, function.Section, ((long)function.FirstSlot + slot + instruction.Immediate + 1) * 8, isAddress: false);
            }

            slot += isWide ? 1 : 0;
        }
    }

    private static int LowerBound(List<ElfRelocation> relocations, ulong offset)
    {
        int low = 0;
        int high = relocations.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = relocations[middle].Offset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Relocate(FunctionImage function, int slot, in ElfRelocation relocation)
    {
        RawInstruction instruction = function.Code[slot];
        bool isLoad = instruction.Opcode == PseudoSource.LoadImmediate64 && relocation.Type == ElfRelocationType.Load64 && slot + 1 < function.Length;
        bool isCall = instruction.Opcode == PseudoSource.Call && relocation.Type == ElfRelocationType.Call;
        if ((!isLoad && !isCall) || relocation.Offset != (ulong)(function.FirstSlot + slot) * 8)
        {
            Fail(
                LoadingRules.MalformedRelocation,
                function,
                slot,
                $"relocation type {(uint)relocation.Type} at byte {relocation.Offset} does not fit opcode 0x{instruction.Opcode:x2}; R_BPF_64_64 (1) goes with a 64-bit load, R_BPF_64_32 (10) with a call");
            return;
        }

        if (relocation.Symbol >= (uint)elf.Symbols.Length || elf.NameOf(elf.Symbols[(int)relocation.Symbol]) is not { } name)
        {
            Fail(LoadingRules.MalformedRelocation, function, slot, $"symbol {relocation.Symbol} of {elf.Symbols.Length} cannot be read");
            return;
        }

        ElfSymbol symbol = elf.Symbols[(int)relocation.Symbol];
        if (symbol.IsUndefined)
        {
            RelocateExtern(function, slot, name, symbol.Binding == ElfBinding.Weak, isCall);
        }
        else if (elf.SectionOf(symbol) is not { } section)
        {
            Fail(LoadingRules.UnsupportedRelocation, function, slot, $"'{name}' is in no section (common or absolute, section number {symbol.Section:x})");
        }
        else
        {
            RelocateDefined(function, slot, name, section, symbol.Value, isCall);
        }
    }

    private void RelocateDefined(FunctionImage function, int slot, string name, ElfSection section, ulong value, bool isCall)
    {
        // The assembler leaves the distance from the symbol in the immediate: in slots, less one, for a call; in bytes for a load.
        int immediate = function.Code[slot].Immediate;
        long address = unchecked((long)value + (isCall ? (immediate + 1L) * 8 : immediate));
        if (section.IsCode)
        {
            Use(function, slot, section, address, isAddress: !isCall);
        }
        else if (isCall)
        {
            Fail(LoadingRules.BadCallTarget, function, slot, $"a call of '{name}', which is data in section {section.Name}");
        }
        else if (section.IsData)
        {
            LoadData(function, slot, name, section, address);
        }
        else if (maps.FindDefined(section, address) is { } map)
        {
            Patch(function, slot, PseudoSource.Map, 0);
            function.References.Add(new MapReference(new(slot), map.Name));
        }
        else
        {
            Fail(LoadingRules.UnsupportedRelocation, function, slot, $"'{name}' (byte {address} of section {section.Name}) is neither a map, a function nor a variable of a data section");
        }
    }

    private void LoadData(FunctionImage function, int slot, string name, ElfSection section, long address)
    {
        if (address < 0 || address >= section.Size)
        {
            Fail(LoadingRules.BadAddress, function, slot, $"'{name}' leads to byte {address} of section {section.Name}, which has {section.Size} bytes");
        }
        else if (maps.FindData(section) is { } map)
        {
            Patch(function, slot, PseudoSource.MapValue, (int)address);
            function.References.Add(new MapValueReference(new(slot), map.Name, (uint)address));
        }
    }

    private void RelocateExtern(FunctionImage function, int slot, string name, bool isWeak, bool isCall)
    {
        if (externs.Find(name) is not { } found || (isCall && found.Kind != ExternKind.NamedFunction))
        {
            Fail(LoadingRules.UnknownSymbol, function, slot, isCall ? $"the function '{name}' is not in this object, and not declared as a named function" : $"'{name}' is not in this object");
            return;
        }

        if (isCall)
        {
            function.Code[slot] = WithSource(function.Code[slot], PseudoSource.NamedCall, 0);
        }
        else
        {
            byte source = found.Kind == ExternKind.KernelConfiguration ? PseudoSource.MapValue
                : found.IsTyped ? PseudoSource.KernelVariable : PseudoSource.Address;
            Patch(function, slot, source, 0);
        }

        function.References.Add(new ExternReference(new(slot), name, found.Kind, isWeak));
    }

    private void Use(FunctionImage function, int slot, ElfSection section, long address, bool isAddress)
    {
        if (functions.Find(section, address) is { } target)
        {
            function.Uses.Add(new(slot, target, isAddress));
        }
        else
        {
            Fail(LoadingRules.BadCallTarget, function, slot, $"no function starts at byte {address} of section {section.Name}");
        }
    }

    /// <summary>Gives a 64-bit load its kind, and the two halves of its immediate.</summary>
    private static void Patch(FunctionImage function, int slot, byte source, int upper)
    {
        function.Code[slot] = WithSource(function.Code[slot], source, 0);
        function.Code[slot + 1] = WithSource(function.Code[slot + 1], function.Code[slot + 1].Source, upper);
    }

    private static RawInstruction WithSource(RawInstruction instruction, byte source, int immediate)
        => RawInstruction.Create(instruction.Opcode, instruction.Destination, source, instruction.Offset, immediate);

    private void Fail(Rule rule, FunctionImage function, int slot, string message)
    {
        int next = BtfExtSection.LowerBound(function.Lines, slot + 1, static line => line.Slot.Value);
        SourceLine? source = next > 0 ? function.Lines[next - 1].Source : null;
        long offset = (function.FirstSlot + slot) * 8L;
        Place place = context.At(function.Section.Name, offset, function.Name) with { Slot = new(slot), Source = source };
        context.Findings.Add(rule.Error(place, message));
    }
}
