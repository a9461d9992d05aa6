using System.Collections.Immutable;
using Skep.Findings;
using Skep.Hosting.Files;
using Skep.Hosting.Life;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting.Composition;

/// <summary>What composing gives: a registry, and all that has to be undone when it is no longer used.</summary>
internal sealed record ComposedHost(Registry Registry, ImmutableArray<PluginUnit> Units, PluginScopes Scopes, ImmutableArray<StageTime> Times);

/// <summary>Composes a registry, plugin by plugin. Whatever goes wrong with a plugin is a finding, and what was made of it is undone; the others go on.</summary>
internal sealed class HostComposer : IDisposable
{
    private readonly HostPlan _plan;
    private readonly StageClock _clock = new();
    private readonly ForeignCalls _calls;
    private readonly Task<PluginScopes> _scopes;
    private readonly Introducer _introducer;
    private readonly RegistryBuilder _registry;
    private readonly List<PluginUnit> _units = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public HostComposer(HostPlan plan, IServiceProvider? services)
    {
        _plan = plan;
        _calls = new ForeignCalls(plan.CallDeadline);

        // The first container of a process costs some 45 ms, most of it JIT compilation: they pass while the first plugin is loaded and found.
        _scopes = Task.Run(() => new PluginScopes(new HostServices(services, plan.Trace)));
        _introducer = new Introducer(plan, _calls, _clock, _scopes, plan.Watch is not null);
        _registry = new RegistryBuilder(plan.Policy);
    }

    public ComposedHost Compose()
    {
        Result<PluginGate> gate = _plan.Trust.Open();
        _registry.AddFindings(gate.Findings);
        foreach (PluginSource source in Expand())
        {
            switch (source)
            {
                case StaticSource plugin:
                    Take(null, null, _introducer.Introduce(plugin.Make, new Place { Plugin = plugin.TypeName }, probe: null) is { } candidate ? [candidate] : []);
                    break;
                case FileSource file when gate.IsSuccess && _paths.Add(file.Path):
                    ComposeFile(file.Path, gate.Value);
                    break;
            }
        }

        CheckPreferences();
        _registry.AddFindings(gate.Value?.FindMissing(_units.Select(unit => Path.GetFileNameWithoutExtension(unit.Path)).OfType<string>()) ?? []);
        return new ComposedHost(_clock.Measure(StartStage.Describe, _registry.Build), [.. _units], _scopes.GetAwaiter().GetResult(), _clock.Report());
    }

    public void Dispose() => _calls.Dispose();

    /// <summary>The sources with folders replaced by the files in them.</summary>
    private List<PluginSource> Expand()
    {
        var findings = new List<Finding>();
        var sources = new List<PluginSource>();
        foreach (PluginSource source in _plan.Sources)
        {
            sources.AddRange(source is FolderSource folder ? PluginFolder.Find(folder, findings) : [source]);
        }

        _registry.AddFindings(findings);
        return sources;
    }

    private void ComposeFile(string path, PluginGate gate)
    {
        if (_introducer.Open(path, gate) is { } context)
        {
            Take(path, context, _introducer.IntroduceAll(context, path));
        }
        else
        {
            _registry.AddFindings(_introducer.TakeFindings());
        }
    }

    /// <summary>Takes those that clash with none that is there.</summary>
    private void Take(string? path, PluginContext? context, List<Candidate> candidates)
    {
        _registry.AddFindings(_introducer.TakeFindings());
        var unit = new PluginUnit(path, context);
        foreach (Candidate candidate in candidates)
        {
            if (_clock.Measure(StartStage.Describe, () => _registry.Add(candidate.Record, candidate.Providers)))
            {
                unit.Add(candidate);
            }
            else
            {
                _introducer.Discard(candidate.Scope, candidate.Place);
                _registry.AddFindings(_introducer.TakeFindings());
            }
        }

        if (unit.Plugins.Count == 0)
        {
            context?.Dispose();
        }
        else
        {
            _units.Add(unit);
        }
    }

    /// <summary>A preference for a plugin that is not there hides the provider from everyone, so it is said.</summary>
    private void CheckPreferences()
    {
        _registry.AddFindings(_plan.Policy.Prefer
            .Where(preference => !_units.Exists(unit => unit.Plugins.Any(plugin => plugin.Record.Info.Name == preference.Value)))
            .Select(preference => PluginRules.PreferredAbsent.Error(
                Place.Nowhere, $"{preference.Value} is preferred for {preference.Key}, but no plugin of that name was taken")));
    }
}
