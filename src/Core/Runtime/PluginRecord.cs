using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>Where a plugin is in its life.</summary>
public enum PluginState : byte
{
    /// <summary>Its providers can be bound.</summary>
    Loaded,

    /// <summary>Nothing new binds to it; it waits for its holders.</summary>
    Draining,

    /// <summary>It is gone.</summary>
    Unloaded,
}

/// <summary>A plugin as a runtime knows it: who it is, where it came from, what it added and who uses it. Safe for any number of threads.</summary>
public sealed class PluginRecord
{
    private readonly HolderSet _holders = new();

    /// <param name="origin">The assembly file that it was loaded from; null for plugins that the host composed itself.</param>
    public PluginRecord(PluginInfo info, string? origin = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        Info = info;
        Origin = origin;
    }

    public PluginInfo Info { get; }

    public string? Origin { get; }

    public PluginState State { get; internal set; }

    /// <summary>Programs, maps and links that use the plugin, as readable names.</summary>
    public IReadOnlyList<string> Holders => _holders.Names;

    internal event Action? Released
    {
        add => _holders.Released += value;
        remove => _holders.Released -= value;
    }

    internal PluginLease Hold(string holder) => new(_holders.Hold(holder));

    public override string ToString() => $"{Info.Name} {Info.Version}";
}

/// <summary>A hold on a plugin; disposing lets go.</summary>
internal sealed class PluginLease(IDisposable holder) : IDisposable
{
    public void Dispose() => holder.Dispose();
}
