using Skep.Contracts;
using Skep.Hosting.Composition;
using Skep.Hosting.Manifest;
using Skep.Runtime;

namespace Skep.Hosting;

/// <summary>A plugin of a host: who it is, what it adds, who uses it, and whether it has left. Data only: keeping one keeps nothing of the plugin.</summary>
public sealed class PluginHandle
{
    private readonly Lazy<PluginManifest> _manifest;

    /// <param name="descriptors">The providers' descriptors, in the order of their registration.</param>
    internal PluginHandle(PluginRecord record, object[] descriptors, PluginScope scope, UnloadProbe? probe)
    {
        Record = record;
        _manifest = new(() => PluginManifest.Of(record.Info, record.Origin, descriptors));
        Scope = scope;
        Probe = probe;
    }

    /// <summary>The plugin as the runtime knows it.</summary>
    public PluginRecord Record { get; }

    /// <summary>All that the plugin adds, left out by the host or not; made when first asked for, so that it costs a start nothing.</summary>
    public PluginManifest Manifest => _manifest.Value;

    public PluginInfo Info => Record.Info;

    /// <summary>The assembly file; null for plugins of the process itself.</summary>
    public string? Origin => Record.Origin;

    public PluginState State => Record.State;

    /// <summary>Programs, maps and links that use the plugin, as readable names.</summary>
    public IReadOnlyList<string> Holders => Record.Holders;

    /// <summary>Proves that the load context is gone after the host was disposed; plugins of one file share it. Null for plugins of the process itself, which have none.</summary>
    public UnloadProbe? Probe { get; }

    internal PluginScope Scope { get; }

    public override string ToString() => Record.ToString();
}
