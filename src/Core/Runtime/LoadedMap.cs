using Skep.Contracts;
using Skep.Programs;

namespace Skep.Runtime;

/// <summary>A map in a runtime: its id, its type, who uses it. Disposing it while programs use it is refused.</summary>
public sealed class LoadedMap : IDisposable
{
    private readonly MapCell _cell;
    private readonly PluginLease _lease;
    private readonly HolderSet _holders = new();
    private readonly Action<LoadedMap> _onDisposed;
    private int _disposed;

    internal LoadedMap(MapId id, IMapType type, IMap map, PluginRecord owner, Action<LoadedMap> onDisposed)
    {
        Id = id;
        Type = type;
        _cell = new MapCell(map);
        _onDisposed = onDisposed;
        Owner = owner;
        _lease = owner.Hold($"map {map.Spec.Name} (id {id.Value})");
    }

    public MapId Id { get; }

    public IMapType Type { get; }

    public IMap Map => _cell.Map;

    /// <summary>The map type's plugin.</summary>
    internal PluginRecord Owner { get; }

    public string Name => Map.Spec.Name;

    /// <summary>The type of the maps that a map of maps holds; null for other maps.</summary>
    public MapTypeDescriptor? InnerType { get; internal init; }

    /// <summary>Who uses it: programs, as readable names.</summary>
    public IReadOnlyList<string> Holders => _holders.Names;

    /// <summary>What a program has in a register for this map.</summary>
    internal ulong Handle => _cell.Handle;

    /// <exception cref="ObjectDisposedException">The map is gone; its memory too.</exception>
    internal IDisposable Hold(string holder)
    {
        // First the hold, then the look: Dispose does it the other way round, so that one of the two sees the other.
        IDisposable hold = _holders.Hold(holder);
        if (Volatile.Read(ref _disposed) != 0)
        {
            hold.Dispose();
            throw new ObjectDisposedException(Name);
        }

        return hold;
    }

    /// <summary>Takes out of a program array what it holds, before its owner unloads programs.</summary>
    internal void ReleasePrograms() => (Map as IObjectMap<LoadedProgram>)?.SetAll(new Dictionary<ReadOnlyMemory<byte>, LoadedProgram>());

    /// <exception cref="InvalidOperationException">A program still uses it.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_holders.Names is { Count: > 0 } holders)
        {
            Volatile.Write(ref _disposed, 0);
            throw new InvalidOperationException($"Map {Name} is in use by {string.Join(", ", holders)}; dispose those first.");
        }

        IMap map = Map;
        _cell.Dispose();
        map.Dispose();
        _lease.Dispose();
        _onDisposed(this);
    }
}
