using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting.Files;
using Skep.Hosting.Manifest;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting.Composition;

/// <summary>What composing gives: a registry, and all that has to be undone when it is no longer used.</summary>
internal sealed record ComposedHost(
    Registry Registry,
    ImmutableArray<PluginHandle> Plugins,
    PluginScopes Scopes,
    ImmutableArray<IDisposable> Contexts,
    ImmutableArray<StageTime> Times,
    StagedPlugins Staged);

/// <summary>
/// Composes a registry, plugin by plugin, each on the same way: inspect, load, find, register, make, describe, add. Whatever goes wrong with a plugin is
/// a finding, and what was made of it is undone; the others go on.
/// </summary>
internal sealed class HostComposer : IDisposable
{
    private readonly HostPlan _plan;
    private readonly StageClock _clock = new();
    private readonly ForeignCalls _calls;
    private readonly Task<PluginScopes> _scopes;
    private readonly RegistryBuilder _registry;
    private readonly List<PluginHandle> _plugins = [];
    private readonly List<IDisposable> _contexts = [];
    private readonly StagedPlugins _staged = new();
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public HostComposer(HostPlan plan, IServiceProvider? services)
    {
        _plan = plan;
        _calls = new ForeignCalls(plan.CallDeadline);

        // The first container of a process costs some 45 ms, most of it JIT compilation: they pass while the first plugin is loaded and found.
        _scopes = Task.Run(() => new PluginScopes(new HostServices(services, plan.Trace)));
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
                    Introduce(plugin.Make, new Place { Plugin = plugin.TypeName }, probe: null);
                    break;
                case FileSource file when gate.IsSuccess && _paths.Add(file.Path):
                    ComposeFile(file.Path, gate.Value);
                    break;
            }
        }

        CheckPreferences();
        _registry.AddFindings(gate.Value?.FindMissing(_plugins.Select(plugin => Path.GetFileNameWithoutExtension(plugin.Origin)).OfType<string>()) ?? []);
        return new ComposedHost(
            _clock.Measure(StartStage.Describe, _registry.Build), [.. _plugins], _scopes.GetAwaiter().GetResult(), [.. _contexts], _clock.Report(), _staged);
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
        var place = new Place { File = path, Plugin = Path.GetFileNameWithoutExtension(path) };
        if (_clock.Measure(StartStage.Inspect, () => LetIn(path, gate)) is not { } image)
        {
            return;
        }

        PluginContext? context = null;
        if (!Call(StartStage.Load, () => context = PluginContext.Open(image, _plan.Shared), PluginRules.Broken, place, "loading it"))
        {
            return;
        }

        int before = _plugins.Count;
        IntroduceAll(context!, place);
        if (_plugins.Count == before)
        {
            context!.Dispose();
        }
        else
        {
            _contexts.Add(context!);
        }
    }

    /// <returns>The file to load: the plugin's own, or a copy that was checked; null when it was refused.</returns>
    private string? LetIn(string path, PluginGate gate)
    {
        var findings = new List<Finding>();
        string? image = path;
        if (gate.FindObstacle(path) is { } place)
        {
            findings.Add(place);
            image = null;
        }
        else if (gate.IsStaged)
        {
            image = _staged.Stage(path, gate, findings);
        }

        if (image is not null && PluginInspector.FindObstacle(image, path) is { } obstacle)
        {
            findings.Add(obstacle);
            image = null;
        }

        _registry.AddFindings(findings);
        return image;
    }

    /// <summary>Introduces the plugins of one assembly, which share its load context.</summary>
    private void IntroduceAll(PluginContext context, Place place)
    {
        PluginExports? exports = null;
        if (!Call(StartStage.Find, () => exports = PluginExports.Find(context.Assembly!), PluginRules.PluginThrew, place, "looking for its plugins"))
        {
            return;
        }

        if (exports!.Plugins.Count == 0)
        {
            _registry.AddFindings([PluginRules.NoPlugin.Error(place, "no public class implements IPlugin and has a public constructor without parameters")]);
        }

        foreach (Lazy<IPlugin> plugin in exports.Plugins)
        {
            Introduce(() => plugin.Value, place, context.Probe);
        }

        // Plugins may be disposable, and then this disposes them.
        Call(StartStage.Find, exports.Dispose, PluginRules.LeftBadly, place, "disposing its plugin");
    }

    private void Introduce(Func<IPlugin> make, Place place, UnloadProbe? probe)
    {
        if (AskPlugin(make, place) is not { } introduction)
        {
            return;
        }

        place = place with { Plugin = introduction.Info.Name };
        PluginScope? scope = null;
        object[] providers = [];
        object[] descriptors = [];
        var record = new PluginRecord(introduction.Info, place.File);
        bool taken = Call(
                StartStage.Make,
                () =>
                {
                    scope = _scopes.GetAwaiter().GetResult().Open(introduction.Type, introduction.Registrations);
                    providers = scope.MakeProviders();
                },
                PluginRules.ProviderThrew,
                place,
                "making its providers")
            && Call(
                StartStage.Describe,
                () => descriptors = Array.ConvertAll(providers, PluginManifest.DescriptorOf),
                RegistryRules.BadDescriptor,
                place,
                "describing its providers")
            && _clock.Measure(StartStage.Describe, () => _registry.Add(record, providers));
        if (taken)
        {
            _plugins.Add(new PluginHandle(record, descriptors, scope!, probe));
        }
        else if (scope is not null)
        {
            Call(StartStage.Make, scope.Dispose, PluginRules.LeftBadly, place, "disposing its providers");
        }
    }

    /// <summary>Makes the plugin and hears who it is and what it adds.</summary>
    private Introduction? AskPlugin(Func<IPlugin> make, Place place)
    {
        string step = "its constructor";
        Introduction? introduction = null;
        Call(
            StartStage.Register,
            () =>
            {
                IPlugin plugin = make();
                step = "Info";
                PluginInfo info = plugin.Info;
                if (string.IsNullOrWhiteSpace(info?.Name) || info.Version is null || info.Description is null)
                {
                    throw new InvalidOperationException("the plugin's name, version or description is missing");
                }

                step = "Register";
                var registrations = new PluginRegistrations();
                plugin.Register(registrations);
                introduction = new Introduction(info, plugin.GetType(), registrations.Registrations);
            },
            PluginRules.PluginThrew,
            place,
            () => step);
        return introduction;
    }

    /// <summary>A preference for a plugin that is not there hides the provider from everyone, so it is said.</summary>
    private void CheckPreferences()
    {
        _registry.AddFindings(_plan.Policy.Prefer
            .Where(preference => !_plugins.Exists(plugin => plugin.Info.Name == preference.Value))
            .Select(preference => PluginRules.PreferredAbsent.Error(
                Place.Nowhere, $"{preference.Value} is preferred for {preference.Key}, but no plugin of that name was taken")));
    }

    private bool Call(StartStage stage, Action call, Rule rule, Place place, string what) => Call(stage, call, rule, place, () => what);

    /// <summary>Calls into the plugin under the deadline; what goes wrong becomes a finding.</summary>
    private bool Call(StartStage stage, Action call, Rule rule, Place place, Func<string> what)
    {
        CallOutcome outcome = _clock.Measure(stage, () => _calls.Run(call));
        if (outcome.TimedOut)
        {
            _registry.AddFindings([PluginRules.NeverReturned.Error(place, $"{what()} did not return within {_calls.Deadline.TotalSeconds:0.###} s")]);
        }
        else if (outcome.Failure is { } failure)
        {
            _registry.AddFindings([FailureText.ToFinding(failure, rule, place, what())]);
        }

        return outcome.Succeeded;
    }

    private sealed record Introduction(PluginInfo Info, Type Type, ImmutableArray<ProviderRegistration> Registrations);
}
