using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;

namespace Skep.Runtime;

/// <summary>
/// Puts a registry together, plugin by plugin. A plugin whose providers clash with what is there, or describe themselves wrongly, is left out
/// whole, with findings. Not thread-safe.
/// </summary>
public sealed class RegistryBuilder(CompositionPolicy policy)
{
    private readonly Dictionary<ProviderKey, PluginRecord> _owners = [];
    private readonly List<PluginRecord> _plugins = [];
    private readonly List<Finding> _findings = [];
    private readonly ImmutableArray<Provided<IProgramType>>.Builder _programTypes = ImmutableArray.CreateBuilder<Provided<IProgramType>>();
    private readonly ImmutableArray<Provided<IMapType>>.Builder _mapTypes = ImmutableArray.CreateBuilder<Provided<IMapType>>();
    private readonly ImmutableArray<Provided<IHelperSet>>.Builder _helperSets = ImmutableArray.CreateBuilder<Provided<IHelperSet>>();
    private readonly ImmutableArray<Provided<IAttachPoint>>.Builder _attachPoints = ImmutableArray.CreateBuilder<Provided<IAttachPoint>>();
    private readonly ImmutableArray<Provided<IJitBackend>>.Builder _jitBackends = ImmutableArray.CreateBuilder<Provided<IJitBackend>>();
    private readonly List<HelperBinding> _helpers = [];
    private readonly HashSet<ProviderKey> _seen = [];
    private bool _isContinued;

    /// <summary>Begins with what a registry has, as the same objects, but for some plugins.</summary>
    internal static RegistryBuilder Continue(Registry registry, CompositionPolicy policy, IReadOnlySet<PluginRecord> without)
    {
        var builder = new RegistryBuilder(policy) { _isContinued = true };
        builder._findings.AddRange(registry.Findings);
        builder._plugins.AddRange(registry.Plugins.Where(plugin => !without.Contains(plugin)));
        builder._helpers.AddRange(registry.Helpers.Where(helper => !without.Contains(helper.Owner)));
        TakeAll(registry.ProgramTypes);
        TakeAll(registry.MapTypes);
        TakeAll(registry.HelperSets);
        TakeAll(registry.AttachPoints);
        TakeAll(registry.JitBackends);
        return builder;

        void TakeAll<T>(ImmutableArray<Provided<T>> provided)
            where T : class
        {
            foreach (Provided<T> entry in provided.Where(entry => !without.Contains(entry.Owner)))
            {
                builder.Take(entry.Owner, KeyOf(entry.Provider), entry.Provider);
            }
        }
    }

    /// <summary>Adds helpers that stand in for others, unchecked.</summary>
    internal void AddHelpers(IEnumerable<HelperBinding> helpers) => _helpers.AddRange(helpers);

    /// <summary>What was found since the builder was made, but for what it continues.</summary>
    internal IEnumerable<Finding> FindingsOf(PluginRecord plugin) => _findings.Where(finding => finding.Place.Plugin == plugin.Info.Name && finding.Place.File == plugin.Origin);

    /// <summary>Adds a plugin with the providers that its registrations were built into.</summary>
    /// <returns>Whether it was taken; when not, a finding says why.</returns>
    public bool Add(PluginRecord plugin, IReadOnlyList<object> providers)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        ArgumentNullException.ThrowIfNull(providers);
        List<(ProviderKey Key, object Provider)> chosen;
        List<HelperBinding> helpers = [];
        var problems = new List<Finding>();
        try
        {
            chosen = Choose(plugin, providers);
            CheckNames(plugin, chosen, problems);
            foreach ((_, object provider) in chosen)
            {
                if (provider is IHelperSet set)
                {
                    helpers.AddRange(Bind(plugin, set, problems));
                }
            }
        }
#pragma warning disable CA1031 // A descriptor is foreign code: whatever it throws is the plugin's finding, not the host's end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _findings.Add(RegistryRules.BadDescriptor.Error(PlaceOf(plugin), $"describing its providers failed with {exception.GetType().Name}: {exception.Message}"));
            return false;
        }

        if (problems.Count > 0)
        {
            _findings.AddRange(problems);
            return false;
        }

        _plugins.Add(plugin);
        chosen.ForEach(entry => Take(plugin, entry.Key, entry.Provider));
        _helpers.AddRange(helpers);
        return true;
    }

    /// <summary>Adds findings from earlier steps, so that the registry tells the whole story.</summary>
    public void AddFindings(IEnumerable<Finding> findings) => _findings.AddRange(findings);

    public Registry Build()
    {
        // Of a registry that goes on this was said when it was first built.
        foreach (ProviderKey key in _isContinued ? [] : policy.Without.Concat(policy.Prefer.Keys).Where(key => !_seen.Contains(key)))
        {
            _findings.Add(RegistryRules.UnknownPreference.Warning(Place.Nowhere, $"{key} was preferred or excluded, but no plugin offers it"));
        }

        foreach (string entry in (policy.Helpers?.Entries ?? []).Where(entry => !_helpers.Exists(helper => HelperAllowance.Means(entry, helper.Descriptor, helper.Set))))
        {
            _findings.Add(RegistryRules.UnknownPreference.Warning(Place.Nowhere, $"helpers {entry} are allowed, but no plugin offers one of that name or set"));
        }

        return new Registry(
            [.. _plugins],
            _programTypes.ToImmutable(),
            _mapTypes.ToImmutable(),
            _helperSets.ToImmutable(),
            _attachPoints.ToImmutable(),
            _jitBackends.ToImmutable(),
            [.. _helpers],
            [.. _findings]);
    }

    private static Place PlaceOf(PluginRecord plugin) => new() { Plugin = plugin.Info.Name, File = plugin.Origin };

    private List<(ProviderKey Key, object Provider)> Choose(PluginRecord plugin, IReadOnlyList<object> providers)
    {
        var chosen = new List<(ProviderKey, object)>();
        foreach (object provider in providers)
        {
            ProviderKey key = KeyOf(provider);
            _seen.Add(key);
            bool other = policy.Prefer.TryGetValue(key, out string? preferred) && preferred != plugin.Info.Name;
            if (!policy.Without.Contains(key) && !other)
            {
                chosen.Add((key, provider));
            }
        }

        return chosen;
    }

    private void CheckNames(PluginRecord plugin, List<(ProviderKey Key, object Provider)> chosen, List<Finding> problems)
    {
        if (_plugins.Exists(other => other.Info.Name == plugin.Info.Name))
        {
            problems.Add(RegistryRules.NameClash.Error(PlaceOf(plugin), $"a plugin named {plugin.Info.Name} is loaded already"));
        }

        var own = new HashSet<ProviderKey>();
        foreach ((ProviderKey key, object provider) in chosen)
        {
            if (_owners.TryGetValue(key, out PluginRecord? owner))
            {
                problems.Add(RegistryRules.NameClash.Error(PlaceOf(plugin), $"{plugin.Info.Name} and {owner.Info.Name} both offer {key}"));
            }
            else if (!own.Add(key))
            {
                problems.Add(RegistryRules.NameClash.Error(PlaceOf(plugin), $"{plugin.Info.Name} offers {key} twice"));
            }

            if (provider is IMapType { Descriptor.Number: { } mapNumber }
                && _mapTypes.FirstOrDefault(type => type.Provider.Descriptor.Number == mapNumber) is { } map)
            {
                problems.Add(RegistryRules.NameClash.Error(PlaceOf(plugin), $"{plugin.Info.Name} and {map.Owner.Info.Name} both offer map type number {mapNumber.Value}"));
            }
        }
    }

    private List<HelperBinding> Bind(PluginRecord plugin, IHelperSet set, List<Finding> problems)
    {
        var bindings = new Dictionary<string, HelperBinding>();
        foreach (HelperDescriptor helper in set.Descriptor.Helpers)
        {
            var binding = new HelperBinding(helper, set.Descriptor.Name, plugin, set.GetFunction(helper))
            {
                IsForbidden = policy.Helpers is { } allowance && !allowance.Allows(helper, set.Descriptor.Name),
                Inliner = set as IInliningHelperSet,
                NativeFunction = (set as INativeHelperSet)?.GetNativeFunction(helper) ?? 0,
            };
            if (helper.Arguments.Length > 5)
            {
                problems.Add(RegistryRules.BadDescriptor.Error(PlaceOf(plugin), $"helper {helper.Name} has {helper.Arguments.Length} arguments; the most is 5"));
            }

            if (!bindings.TryAdd(helper.Name, binding))
            {
                problems.Add(RegistryRules.BadDescriptor.Error(PlaceOf(plugin), $"helper set {set.Descriptor.Name} has helper {helper.Name} twice"));
            }

            foreach (HelperBinding other in Rivals(helper))
            {
                problems.Add(RegistryRules.NameClash.Error(PlaceOf(plugin), $"{plugin.Info.Name} and {other.Owner.Info.Name} both offer helper {helper.Name}{helper.Number} for the same program types"));
            }
        }

        foreach (HelperBinding binding in bindings.Values)
        {
            if (binding.Descriptor.Result.ReleasedBy is { } name)
            {
                binding.ReleasedBy = bindings.GetValueOrDefault(name);
                if (binding.ReleasedBy is null)
                {
                    problems.Add(RegistryRules.BadDescriptor.Error(PlaceOf(plugin), $"helper {binding.Descriptor.Name} is released by {name}, which is not in its set"));
                }
            }
        }

        return [.. bindings.Values];
    }

    /// <summary>Helpers taken already that answer to the same name or number for the same program type.</summary>
    private IEnumerable<HelperBinding> Rivals(HelperDescriptor helper)
        => _helpers.Where(other =>
            (other.Descriptor.CIdentifier == helper.CIdentifier || (helper.Number is not null && other.Descriptor.Number == helper.Number))
            && ScopesOverlap(other.Descriptor.ProgramTypes, helper.ProgramTypes));

    /// <summary>A helper for some types overrides one for all, so only equals are rivals.</summary>
    private static bool ScopesOverlap(ImmutableArray<string> one, ImmutableArray<string> other)
        => (one.IsEmpty && other.IsEmpty) || one.Intersect(other).Any();

    private void Take(PluginRecord plugin, ProviderKey key, object provider)
    {
        _owners.Add(key, plugin);
        switch (provider)
        {
            case IProgramType type:
                _programTypes.Add(new(type, plugin));
                break;
            case IMapType type:
                _mapTypes.Add(new(type, plugin));
                break;
            case IHelperSet set:
                _helperSets.Add(new(set, plugin));
                break;
            case IAttachPoint point:
                _attachPoints.Add(new(point, plugin));
                break;
            case IJitBackend backend:
                _jitBackends.Add(new(backend, plugin));
                break;
        }
    }

    private static ProviderKey KeyOf(object provider) => provider switch
    {
        IProgramType type => new(ProviderKind.ProgramType, type.Descriptor.Name),
        IMapType type => new(ProviderKind.MapType, type.Descriptor.Name),
        IHelperSet set => new(ProviderKind.HelperSet, set.Descriptor.Name),
        IAttachPoint point => new(ProviderKind.AttachPoint, point.Descriptor.Name),
        IJitBackend backend => new(ProviderKind.JitBackend, backend.Descriptor.Name),
        _ => throw new ArgumentException($"{provider.GetType()} implements none of the five contracts."),
    };
}
