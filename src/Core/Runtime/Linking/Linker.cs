using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Isa;
using Skep.Programs;

namespace Skep.Runtime.Linking;

/// <summary>Binds a program's references to maps, helpers and named functions. Pure: it makes nothing and changes nothing.</summary>
internal sealed class Linker(Registry registry, Limits limits)
{
    /// <param name="maps">The maps that the program may name, by name.</param>
    public Result<LinkedProgram> Link(ProgramSpec spec, IProgramType type, IReadOnlyDictionary<string, LoadedMap> maps)
    {
        var findings = new FindingCollector(limits.MaxFindings);
        if (spec.Instructions.Length > limits.MaxInstructions)
        {
            findings.Add(LinkRules.TooLarge.Error(
                PlaceOf(spec), $"the program has {spec.Instructions.Length} instruction slots; the most is {limits.MaxInstructions} (Limits.MaxInstructions)"));
            return findings.ToResult<LinkedProgram>(null);
        }

        ImmutableArray<Instruction> instructions = InstructionDecoder.Decode(spec.Instructions.AsSpan());
        var bindings = new Bindings([], []);
        ReportCoreRelocations(spec, findings);
        var named = new HashSet<int>();
        foreach (Reference reference in spec.References)
        {
            // Later steps would take one each, and not all of them the same.
            if (!named.Add(reference.Slot.Value) || reference.Slot.Value < 0 || reference.Slot.Value >= instructions.Length)
            {
                findings.Add(LinkRules.BadReference.Error(
                    PlaceOf(spec), $"a reference at slot {reference.Slot.Value} is the second there or outside of the program's {instructions.Length} slots"));
                continue;
            }

            Bind(reference, spec, type, maps, bindings, findings);
        }

        BindNumberedHelpers(spec, instructions, type, bindings, findings);
        return findings.ToResult(new LinkedProgram(spec, type, instructions)
        {
            Helpers = bindings.Helpers.ToFrozenDictionary(),
            Maps = bindings.Maps.ToFrozenDictionary(),
        });
    }

    private static Place PlaceOf(ProgramSpec spec, SlotIndex? slot = null) => new()
    {
        File = spec.ObjectName,
        Section = spec.Section.Length == 0 ? null : spec.Section,
        Object = spec.Name,
        Slot = slot,
        Source = slot is { } known ? spec.LineAt(known) : null,
    };

    private static void ReportCoreRelocations(ProgramSpec spec, FindingCollector findings)
    {
        if (spec.CoreRelocations is [{ } first, ..])
        {
            findings.Add(LinkRules.NeedsCoreRelocation.Error(
                PlaceOf(spec, first.Slot),
                $"the program needs {spec.CoreRelocations.Length} CO-RE relocation(s), the first {first.Kind} of type {first.Type} path {first.AccessSpec}; Skep reads them but does not apply them yet"));
        }
    }

    private void BindNumberedHelpers(ProgramSpec spec, ImmutableArray<Instruction> instructions, IProgramType type, Bindings bindings, FindingCollector findings)
    {
        for (int slot = 0; slot < instructions.Length; slot++)
        {
            if (instructions[slot].Operation == Operation.CallHelper
                && registry.FindHelper(new HelperNumber(instructions[slot].LowImmediate), type.Descriptor) is { } helper)
            {
                bindings.Helpers[slot] = helper;
                CheckAllowed(helper, spec, new SlotIndex(slot), findings);
            }
        }
    }

    /// <summary>What the host forbids is said here, before the verifier, which asks what the program's type allows.</summary>
    private static void CheckAllowed(HelperBinding helper, ProgramSpec spec, SlotIndex slot, FindingCollector findings)
    {
        if (helper.IsForbidden)
        {
            string number = helper.Descriptor.Number is { } value ? $"#{value.Value}" : "";
            findings.Add(LinkRules.HelperNotAllowed.Error(
                PlaceOf(spec, slot), $"the host does not allow helper {helper.Descriptor.Name}{number} of set {helper.Set} ({helper.Owner.Info.Name})"));
        }
    }

    private void Bind(Reference reference, ProgramSpec spec, IProgramType type, IReadOnlyDictionary<string, LoadedMap> maps, Bindings bindings, FindingCollector findings)
    {
        int slot = reference.Slot.Value;
        switch (reference)
        {
            case MapReference map:
                if (FindMap(map.MapName) is { } plain)
                {
                    bindings.Maps[slot] = new MapBinding(plain, null);
                }

                break;

            case MapValueReference value when FindMap(value.MapName) is { } holder:
                if (holder.Map is not IDirectValueMap)
                {
                    findings.Add(LinkRules.NoDirectValue.Error(PlaceOf(spec, reference.Slot), $"map {holder.Name} is a {holder.Type.Descriptor.Name} map, whose values have no fixed address"));
                }
                else if (value.Offset >= holder.Map.Spec.ValueSize)
                {
                    findings.Add(LinkRules.NoDirectValue.Error(PlaceOf(spec, reference.Slot), $"offset {value.Offset} lies outside the {holder.Map.Spec.ValueSize} bytes of map {holder.Name}"));
                }
                else
                {
                    bindings.Maps[slot] = new MapBinding(holder, value.Offset);
                }

                break;

            case ExternReference named:
                BindExtern(named, spec, type, bindings, findings);
                break;
        }

        LoadedMap? FindMap(string name)
        {
            if (maps.TryGetValue(name, out LoadedMap? found))
            {
                return found;
            }

            findings.Add(LinkRules.UnknownMap.Error(PlaceOf(spec, reference.Slot), $"the program uses map {name}, which is not there"));
            return null;
        }
    }

    private void BindExtern(ExternReference named, ProgramSpec spec, IProgramType type, Bindings bindings, FindingCollector findings)
    {
        if (named.Kind == ExternKind.NamedFunction && registry.FindHelper(named.Name, type.Descriptor) is { } helper)
        {
            bindings.Helpers[named.Slot.Value] = helper;
            CheckAllowed(helper, spec, named.Slot, findings);
            return;
        }

        if (named.IsWeak && named.Kind != ExternKind.NamedFunction)
        {
            return;
        }

        string what = named.Kind switch
        {
            ExternKind.KernelConfiguration => $"{named.Name} is a kernel configuration value (__kconfig), which Skep does not offer",
            ExternKind.KernelVariable => $"{named.Name} is a kernel variable (__ksym), which user space cannot reach",
            _ => $"no plugin offers a function named {named.Name}",
        };
        findings.Add(LinkRules.UnresolvedExtern.Error(PlaceOf(spec, named.Slot), what));
    }

    private sealed record Bindings(Dictionary<int, HelperBinding> Helpers, Dictionary<int, MapBinding> Maps);
}
