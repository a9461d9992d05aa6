using Skep.Hosting.Composition;
using Skep.Hosting.Files;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting.Life;

/// <summary>What came from one file: a load context and the plugins in it. They come and go together. Not thread-safe.</summary>
/// <param name="path">Null for a plugin of the process itself.</param>
internal sealed class PluginUnit(string? path, PluginContext? context)
{
    private readonly List<UnitPlugin> _plugins = [];
    private PluginContext? _context = context;

    public string? Path => path;

    /// <summary>The hashes of what was loaded; null where it was not copied.</summary>
    public PluginLedgerEntry? Ledger { get; } = context?.Ledger;

    public IReadOnlyList<UnitPlugin> Plugins => _plugins;

    public IReadOnlySet<PluginRecord> Records => _plugins.Select(plugin => plugin.Record).ToHashSet();

    public IEnumerable<PluginHandle> Handles => _plugins.Select(plugin => plugin.Handle);

    public IEnumerable<string> Holders => _plugins.SelectMany(plugin => plugin.Record.Holders).Distinct();

    /// <summary>Words for messages: the plugins with their versions.</summary>
    public string Name => string.Join(", ", _plugins.Select(plugin => plugin.Record));

    public PluginState State
    {
        get => _plugins[0].Record.State;
        set => _plugins.ForEach(plugin => plugin.Record.State = value);
    }

    public void Add(Candidate candidate) => _plugins.Add(new UnitPlugin(candidate.Record, candidate.ToHandle()) { Providers = candidate.Providers });

    /// <summary>Forgets all objects of the plugins and asks the runtime to unload. What is left is data.</summary>
    public void Close()
    {
        _plugins.ForEach(plugin => plugin.Providers = []);
        _context?.Dispose();
        _context = null;
    }
}

/// <summary>A plugin of a <see cref="PluginUnit"/>.</summary>
internal sealed class UnitPlugin(PluginRecord record, PluginHandle handle)
{
    public PluginRecord Record => record;

    public PluginHandle Handle => handle;

    /// <summary>Empty once the unit is closed.</summary>
    public object[] Providers { get; set; } = [];
}
