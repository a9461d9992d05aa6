using System.Collections.Frozen;
using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Runtime;

/// <summary>All that a runtime offers to programs; frozen once built, safe for any number of threads.</summary>
public sealed class Registry
{
    private readonly FrozenDictionary<string, ImmutableArray<HelperBinding>> _helpersByName;
    private readonly FrozenDictionary<int, ImmutableArray<HelperBinding>> _helpersByNumber;

    internal Registry(
        ImmutableArray<PluginRecord> plugins,
        ImmutableArray<Provided<IProgramType>> programTypes,
        ImmutableArray<Provided<IMapType>> mapTypes,
        ImmutableArray<Provided<IHelperSet>> helperSets,
        ImmutableArray<Provided<IAttachPoint>> attachPoints,
        ImmutableArray<Provided<IJitBackend>> jitBackends,
        ImmutableArray<HelperBinding> helpers,
        ImmutableArray<Finding> findings)
    {
        Plugins = plugins;
        ProgramTypes = programTypes;
        MapTypes = mapTypes;
        HelperSets = helperSets;
        AttachPoints = attachPoints;
        JitBackends = jitBackends;
        Helpers = helpers;
        Findings = findings;
        _helpersByNumber = helpers.Where(helper => helper.Descriptor.Number is not null)
            .GroupBy(helper => helper.Descriptor.Number!.Value.Value)
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
        _helpersByName = helpers.GroupBy(helper => helper.Descriptor.CIdentifier)
            .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray());
    }

    public ImmutableArray<PluginRecord> Plugins { get; }

    public ImmutableArray<Provided<IProgramType>> ProgramTypes { get; }

    public ImmutableArray<Provided<IMapType>> MapTypes { get; }

    public ImmutableArray<Provided<IHelperSet>> HelperSets { get; }

    public ImmutableArray<Provided<IAttachPoint>> AttachPoints { get; }

    public ImmutableArray<Provided<IJitBackend>> JitBackends { get; }

    /// <summary>Every helper of every set.</summary>
    public ImmutableArray<HelperBinding> Helpers { get; }

    /// <summary>What was left out or refused while the registry was built, and why.</summary>
    public ImmutableArray<Finding> Findings { get; }

    public Provided<IProgramType>? FindProgramType(string name)
        => ProgramTypes.FirstOrDefault(type => type.Provider.Descriptor.Name == name);

    public Provided<IMapType>? FindMapType(MapTypeReference type)
        => MapTypes.FirstOrDefault(candidate => type.Name is { } name
            ? candidate.Provider.Descriptor.Name == name
            : candidate.Provider.Descriptor.Number == type.Number);

    public Provided<IAttachPoint>? FindAttachPoint(string name)
        => AttachPoints.FirstOrDefault(point => point.Provider.Descriptor.Name == name);

    public Provided<IJitBackend>? FindJitBackend(string name)
        => JitBackends.FirstOrDefault(backend => backend.Provider.Descriptor.Name == name);

    /// <summary>The helper of that number for a program type; one made for the type goes before one for all. Null when this runtime has none at all.</summary>
    public HelperBinding? FindHelper(HelperNumber number, ProgramTypeDescriptor type)
        => _helpersByNumber.TryGetValue(number.Value, out ImmutableArray<HelperBinding> candidates) ? Choose(candidates, type) : null;

    /// <summary>The helper of that identity, or whose <see cref="HelperDescriptor.CIdentifier"/> it is; as for numbers otherwise.</summary>
    public HelperBinding? FindHelper(string name, ProgramTypeDescriptor type)
        => _helpersByName.TryGetValue(new HelperDescriptor(name).CIdentifier, out ImmutableArray<HelperBinding> candidates) ? Choose(candidates, type) : null;

    /// <summary>Whether programs of a type may call a helper: the host decides, the type by set, and the helper by type.</summary>
    public static bool IsAllowed(HelperBinding helper, ProgramTypeDescriptor type)
    {
        ArgumentNullException.ThrowIfNull(helper);
        ArgumentNullException.ThrowIfNull(type);
        return !helper.IsForbidden
            && (type.HelperSets.IsEmpty || type.HelperSets.Contains(helper.Set))
            && (helper.Descriptor.ProgramTypes.IsEmpty || helper.Descriptor.ProgramTypes.Contains(type.Name));
    }

    /// <summary>What a section name means: the longest prefix that matches wins.</summary>
    public SectionMatch? ResolveSection(string section)
    {
        ArgumentNullException.ThrowIfNull(section);
        SectionMatch? best = null;
        foreach (Provided<IProgramType> type in ProgramTypes)
        {
            foreach (SectionPrefix prefix in type.Provider.Descriptor.Sections)
            {
                bool exact = section == prefix.Prefix;
                if ((exact || section.StartsWith(prefix.Prefix + "/", StringComparison.Ordinal))
                    && prefix.Prefix.Length > (best?.Prefix.Prefix.Length ?? -1))
                {
                    best = new SectionMatch(type, prefix, exact ? null : section[(prefix.Prefix.Length + 1)..]);
                }
            }
        }

        return best;
    }

    private static HelperBinding Choose(ImmutableArray<HelperBinding> candidates, ProgramTypeDescriptor type)
    {
        HelperBinding? general = null;
        foreach (HelperBinding candidate in candidates)
        {
            if (candidate.Descriptor.ProgramTypes.IsEmpty)
            {
                general = candidate;
            }
            else if (candidate.Descriptor.ProgramTypes.Contains(type.Name))
            {
                return candidate;
            }
        }

        return general ?? candidates[0];
    }
}
