using System.Collections.Immutable;
using System.Diagnostics;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Life;

namespace Skep.Hosting.Life;

/// <summary>
/// A unit's way out: it is no longer in the registry, and its users move to what is there now, or go. Not thread-safe: the host does one change at a time.
/// </summary>
internal sealed class UnitExit : IDisposable
{
    /// <summary>Runs and loads under way are waited for so long in any case: they are over in a moment.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    // A release may come between a look and a wait, and what waits for more than releases looks again by itself.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly SkepRuntime _runtime;
    private readonly MoveKind _kind;
    private readonly SemaphoreSlim _released = new(0);
    private readonly HashSet<LoadedProgram> _blocked = [];
    private readonly List<MovedPrograms> _moved = [];

    public UnitExit(SkepRuntime runtime, PluginUnit unit, MoveKind kind)
    {
        _runtime = runtime;
        Unit = unit;
        _kind = kind;
        foreach (UnitPlugin plugin in unit.Plugins)
        {
            plugin.Record.Released += Release;
        }
    }

    public PluginUnit Unit { get; }

    /// <summary>What keeps programs from moving.</summary>
    public ImmutableArray<Finding> Obstacles { get; private set; } = [];

    /// <summary>Who uses it, for messages.</summary>
    public string Users => string.Join(", ", Unit.Holders.DefaultIfEmpty("a load or a run that is under way"));

    /// <summary>Makes the unit's programs ready for a registry.</summary>
    public ProgramMove Prepare(Registry next)
    {
        ProgramMove move = ProgramMove.Prepare(_runtime, next, Unit.Records, _kind, _blocked);
        _blocked.UnionWith(move.Blocked);
        Obstacles = Obstacles.AddRange(move.Obstacles);
        return move;
    }

    public void Commit(ProgramMove move)
    {
        if (move.Commit() is { } moved)
        {
            _moved.Add(moved);
        }
    }

    /// <returns>Whether nobody uses the unit any more; false at the deadline, or when the host ends.</returns>
    public async Task<bool> WaitAsync(TimeSpan deadline, CancellationToken end)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (IsFree())
            {
                return true;
            }

            TimeSpan left = deadline - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || end.IsCancellationRequested)
            {
                return false;
            }

            try
            {
                await _released.WaitAsync(left < LongestWait ? left : LongestWait, end).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    /// <summary>Records outlive this, and what they tell must not lead to programs.</summary>
    public void Dispose()
    {
        foreach (UnitPlugin plugin in Unit.Plugins)
        {
            plugin.Record.Released -= Release;
        }

        _blocked.Clear();
    }

    private void Release() => _released.Release();

    public Task WhenReleasedAsync(CancellationToken end) => _released.WaitAsync(LongestWait, end);

    /// <summary>Moves who can be moved by now, and looks.</summary>
    public bool IsFree()
    {
        // Who still binds to an earlier registry would come to hold the unit afterwards.
        if (!_runtime.Slot.WaitForEarlier(Moment))
        {
            return false;
        }

        using (ProgramMove move = Prepare(_runtime.Registry))
        {
            Commit(move);
        }

        _blocked.RemoveWhere(program => program.IsDisposed);
        _moved.RemoveAll(moved => moved.TryRetire(Moment));
        return _moved.Count == 0 && !Unit.Holders.Any();
    }
}
