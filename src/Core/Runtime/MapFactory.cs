using Skep.Contracts;
using Skep.Findings;
using Skep.Kernel;
using Skep.Programs;
using Skep.Runtime.Linking;
using Skep.Verification.Walk;

namespace Skep.Runtime;

/// <summary>Checks a map's definition against its type's descriptor and the limits, and has the type make it.</summary>
internal static class MapFactory
{
    public static Result<IMap> Create(MapSpec spec, Provided<IMapType>? type, Limits limits, Place place)
    {
        if (type is null)
        {
            return Result<IMap>.Failure(LinkRules.UnknownMapType.Error(place, $"map {spec.Name} is of {Describe(spec.Type)}, which no plugin offers"));
        }

        var findings = new FindingCollector(limits.MaxFindings);
        MapTypeDescriptor descriptor = type.Provider.Descriptor;
        Check(descriptor.KeySize, spec.KeySize, "key size", "bytes");
        Check(descriptor.ValueSize, spec.ValueSize, "value size", "bytes");
        Check(descriptor.MaxEntries, spec.MaxEntries, "max_entries", "entries");
        if ((spec.Flags & ~descriptor.AllowedFlags) is not 0 and uint unknown)
        {
            findings.Add(LinkRules.BadMapDefinition.Error(place, $"map {spec.Name} sets flags 0x{unknown:x}, which a {descriptor.Name} map does not have; known are 0x{descriptor.AllowedFlags:x}"));
        }

        // Without keys and values (a ring buffer), max_entries counts bytes.
        UInt128 bytes = UInt128.Max((UInt128)spec.KeySize + spec.ValueSize, 1) * Math.Max(spec.MaxEntries, 1);
        if (bytes > (UInt128)limits.MaxMapBytes)
        {
            findings.Add(LinkRules.TooLarge.Error(place, $"map {spec.Name} would take {bytes} bytes; the most is {limits.MaxMapBytes} (Limits.MaxMapBytes)"));
        }

        if (descriptor.FootprintOf(spec) is var footprint && footprint > (UInt128)limits.MaxTotalMapBytes)
        {
            findings.Add(LinkRules.TooLarge.Error(place, $"map {spec.Name} may grow to {footprint} bytes; the most of all maps together is {limits.MaxTotalMapBytes} (Limits.MaxTotalMapBytes)"));
        }

        if (spec.Slots.Length > 0 && !descriptor.HoldsMaps && (descriptor.Operations & MapOperations.TailCall) == 0)
        {
            findings.Add(LinkRules.UnsupportedInitializer.Error(place, $"map {spec.Name} has static contents, which a {descriptor.Name} map cannot take"));
        }

        // As map_check_btf: a lock must be writable, and not one a CPU or one that eviction takes away.
        bool hasLock = MapValueLayout.Of(spec).HasLock;
        int locks = SpecialField.Find(spec).Count(field => field.Kind == SpecialFieldKind.SpinLock);
        if (locks > 0 && !hasLock)
        {
            findings.Add(LinkRules.BadMapDefinition.Error(
                place, $"values of map {spec.Name} have {locks} bpf_spin_lock, expected one, at a multiple of 4 bytes and within the {spec.ValueSize} bytes of a value"));
        }

        if (hasLock && (!descriptor.AllowsLocks || (spec.Flags & (MapFlags.ReadOnlyProgram | MapFlags.WriteOnlyProgram)) != 0))
        {
            findings.Add(LinkRules.BadMapDefinition.Error(
                place, $"values of map {spec.Name} have a bpf_spin_lock, which a {descriptor.Name} map{(descriptor.AllowsLocks ? $" with flags 0x{spec.Flags:x}" : "")} cannot have"));
        }

        if (findings.HasErrors)
        {
            return findings.ToResult<IMap>(null);
        }

        Result<IMap> made = Guard(type, spec, place);
        return made.IsSuccess ? Fill(made.Value, spec, place) : made;

        void Check(SizeRule rule, uint actual, string what, string unit)
        {
            if (!rule.Allows(actual))
            {
                findings.Add(LinkRules.BadMapDefinition.Error(place, $"map {spec.Name} has {what} {actual} {unit}; a {descriptor.Name} map takes {rule}"));
            }
        }
    }

    private static string Describe(MapTypeReference type) => type.Name is { } name
        ? $"type {name}"
        : $"type {KernelNames.Find(type.Number) ?? "number"} ({type.Number.Value})";

    /// <summary>A map type is foreign code: what it throws is a finding about its plugin.</summary>
    private static Result<IMap> Guard(Provided<IMapType> type, MapSpec spec, Place place)
    {
        try
        {
            return type.Provider.Create(spec);
        }
#pragma warning disable CA1031 // See the summary.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Result<IMap>.Failure(LinkRules.MapCreation.Error(
                place with { Plugin = type.Owner.Info.Name }, $"making map {spec.Name} failed with {exception.GetType().Name}: {exception.Message}"));
        }
    }

    private static Result<IMap> Fill(IMap map, MapSpec spec, Place place)
    {
        Errno errno = Errno.None;
        if (spec.InitialValue.Length > 0)
        {
            Span<byte> key = stackalloc byte[sizeof(int)];
            key.Clear();
            errno = map is IKeyedMap keyed ? keyed.Update(key, spec.InitialValue.AsSpan()) : Errno.EOPNOTSUPP;
        }

        if (errno != Errno.None)
        {
            map.Dispose();
            return Result<IMap>.Failure(LinkRules.MapCreation.Error(place, $"the first value of map {spec.Name} could not be set: {errno}"));
        }

        if (spec.IsFrozen && map is IDirectValueMap direct)
        {
            direct.Freeze();
        }

        return Result<IMap>.Success(map);
    }
}
