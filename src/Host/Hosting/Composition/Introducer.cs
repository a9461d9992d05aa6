using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting.Files;
using Skep.Hosting.Manifest;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting.Composition;

/// <summary>A plugin whose providers are made and described, and which no registry has yet.</summary>
internal sealed record Candidate(PluginRecord Record, object[] Providers, object[] Descriptors, PluginScope Scope, UnloadProbe? Probe)
{
    public Place Place => new() { File = Record.Origin, Plugin = Record.Info.Name };

    public PluginHandle ToHandle() => new(Record, Descriptors, Scope, Probe);
}

/// <summary>
/// Gets to know plugins, each on the same way: inspect, load, find, register, make, describe. Whatever goes wrong with one is a finding, and what was made of it is undone. Not
/// thread-safe.
/// </summary>
/// <param name="scopes">Where providers are made.</param>
/// <param name="copiesFiles">Plugins are loaded from copies, since their files may be replaced while they are in use.</param>
internal sealed class Introducer(HostPlan plan, ForeignCalls calls, StageClock clock, Task<PluginScopes> scopes, bool copiesFiles)
{
    private readonly List<Finding> _findings = [];

    /// <summary>What was found since the last call.</summary>
    public List<Finding> TakeFindings()
    {
        List<Finding> taken = [.. _findings];
        _findings.Clear();
        return taken;
    }

    /// <summary>Looks at the file as data, and opens its load context.</summary>
    /// <returns>Null, with a finding, when it is not let in or not worth it.</returns>
    public PluginContext? Open(string path, PluginGate gate)
    {
        StagedPlugins? staged = copiesFiles || gate.IsStaged ? new StagedPlugins() : null;
        PluginContext? context = null;
        if (clock.Measure(StartStage.Inspect, () => LetIn(path, gate, staged)) is { } image)
        {
            Call(StartStage.Load, () => context = PluginContext.Open(image, plan.Shared, staged), PluginRules.Broken, PlaceOf(path), () => "loading it");
        }

        if (context is null)
        {
            staged?.Dispose();
        }

        return context;
    }

    /// <returns>The file to load: the plugin's own, or a copy that was checked; null when it was refused.</returns>
    private string? LetIn(string path, PluginGate gate, StagedPlugins? staged)
    {
        if (gate.FindObstacle(path) is { } place)
        {
            _findings.Add(place);
            return null;
        }

        string? image = staged is null ? path : staged.Stage(path, gate, _findings);
        if (image is not null && PluginInspector.FindObstacle(image, path) is { } obstacle)
        {
            _findings.Add(obstacle);
            return null;
        }

        return image;
    }

    /// <summary>Introduces the plugins of one assembly, which share its load context.</summary>
    public List<Candidate> IntroduceAll(PluginContext context, string path)
    {
        Place place = PlaceOf(path);
        PluginExports? exports = null;
        if (!Call(StartStage.Find, () => exports = PluginExports.Find(context.Assembly!), PluginRules.PluginThrew, place, () => "looking for its plugins"))
        {
            return [];
        }

        if (exports!.Plugins.Count == 0)
        {
            _findings.Add(PluginRules.NoPlugin.Error(place, "no public class implements IPlugin and has a public constructor without parameters"));
        }

        List<Candidate> candidates = [.. exports.Plugins.Select(plugin => Introduce(() => plugin.Value, place, context.Probe)).OfType<Candidate>()];

        // Plugins may be disposable, and then this disposes them.
        Call(StartStage.Find, exports.Dispose, PluginRules.LeftBadly, place, () => "disposing its plugin");
        return candidates;
    }

    /// <returns>Null, with a finding, when it failed on its way.</returns>
    public Candidate? Introduce(Func<IPlugin> make, Place place, UnloadProbe? probe)
    {
        if (AskPlugin(make, place) is not { } introduction)
        {
            return null;
        }

        place = place with { Plugin = introduction.Info.Name };
        PluginScope? scope = null;
        object[] providers = [];
        object[] descriptors = [];
        bool made = Call(
                StartStage.Make,
                () =>
                {
                    scope = scopes.GetAwaiter().GetResult().Open(introduction.Type, introduction.Registrations);
                    providers = scope.MakeProviders();
                },
                PluginRules.ProviderThrew,
                place,
                () => "making its providers")
            && Call(
                StartStage.Describe,
                () => descriptors = Array.ConvertAll(providers, PluginManifest.DescriptorOf),
                RegistryRules.BadDescriptor,
                place,
                () => "describing its providers");
        if (made)
        {
            return new Candidate(new PluginRecord(introduction.Info, place.File), providers, descriptors, scope!, probe);
        }

        if (scope is not null)
        {
            Discard(scope, place);
        }

        return null;
    }

    /// <summary>Disposes the providers of a plugin that is not taken.</summary>
    public void Discard(PluginScope scope, Place place) => Call(StartStage.Make, scope.Dispose, PluginRules.LeftBadly, place, () => "disposing its providers");

    private static Place PlaceOf(string path) => new() { File = path, Plugin = Path.GetFileNameWithoutExtension(path) };

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

    /// <summary>Calls into the plugin under the deadline; what goes wrong becomes a finding.</summary>
    private bool Call(StartStage stage, Action call, Rule rule, Place place, Func<string> what)
    {
        CallOutcome outcome = clock.Measure(stage, () => calls.Run(call));
        if (outcome.TimedOut)
        {
            _findings.Add(PluginRules.NeverReturned.Error(place, $"{what()} did not return within {calls.Deadline.TotalSeconds:0.###} s"));
        }
        else if (outcome.Failure is { } failure)
        {
            _findings.Add(FailureText.ToFinding(failure, rule, place, what()));
        }

        return outcome.Succeeded;
    }

    private sealed record Introduction(PluginInfo Info, Type Type, ImmutableArray<ProviderRegistration> Registrations);
}
