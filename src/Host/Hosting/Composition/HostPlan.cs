using System.Collections.Immutable;
using System.Reflection;
using Skep.Contracts;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting.Composition;

/// <summary>What a <see cref="SkepBuilder"/> was told, as immutable data.</summary>
internal sealed record HostPlan(
    ImmutableArray<PluginSource> Sources,
    ImmutableArray<AssemblyName> Shared,
    CompositionPolicy Policy,
    Limits Limits,
    EngineOptions Engines,
    TimeSpan CallDeadline,
    ITraceOutput? Trace,
    WatchPlan? Watch)
{
    /// <summary>What the runtime is called, in measurements and logs.</summary>
    public string Name { get; init; } = SkepBuilder.DefaultName;

    public ImmutableArray<IRoadObserver> Observers { get; init; } = [];

    public bool CountsRuns { get; init; }

    public PluginTrust Trust { get; init; } = PluginTrust.Everyone;
}

/// <summary>That plugin folders are watched.</summary>
/// <param name="Quiet">How long a folder has to be left alone before its change counts.</param>
internal sealed record WatchPlan(TimeSpan Quiet, DrainOptions Drain);

/// <summary>Where plugins come from.</summary>
internal abstract record PluginSource;

/// <summary>A plugin of the process itself.</summary>
internal sealed record StaticSource(string TypeName, Func<IPlugin> Make) : PluginSource;

/// <summary>One plugin's assembly, by its full path.</summary>
internal sealed record FileSource(string Path) : PluginSource;

/// <summary>A folder of plugin folders, by its full path.</summary>
internal sealed record FolderSource(string Path, bool IsDefault) : PluginSource;
