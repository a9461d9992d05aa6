using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Skep.Findings;
using Skep.Hosting.Composition;
using Skep.Runtime;
using Skep.Runtime.Life;

namespace Skep.Hosting.Life;

/// <summary>
/// The plugins of a living host: one change at a time, each checked wholly before anything is switched. A plugin that leaves is first taken out of the registry, so that nothing new binds
/// to it, and then waits for what is bound already.
/// </summary>
internal sealed class HostLife(SkepRuntime runtime, PluginScopes scopes, HostPlan plan, ImmutableArray<PluginUnit> units, Action<PluginChange> tell)
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private ImmutableArray<PluginUnit> _units = units;

    public ImmutableArray<PluginUnit> Units => _units;

    public Task<PluginChange> LoadAsync(string path, CancellationToken cancellation)
        => ChangeAsync(new PluginChange(PluginChangeKind.Load, path), change => Task.FromResult(Load(change, path)), cancellation);

    public Task<PluginChange> UpgradeAsync(string name, string path, UpgradeOptions options, CancellationToken cancellation)
        => ChangeAsync(new PluginChange(PluginChangeKind.Upgrade, name), change => UpgradeAsync(change, name, path, options), cancellation);

    public Task<PluginChange> DrainAsync(string name, DrainOptions options, CancellationToken cancellation)
        => ChangeAsync(new PluginChange(PluginChangeKind.Drain, name), change => DrainAsync(change, name, options), cancellation);

    public Task<PluginChange> ResumeAsync(string name, CancellationToken cancellation)
        => ChangeAsync(new PluginChange(PluginChangeKind.Resume, name), change => Task.FromResult(Resume(change, name)), cancellation);

    public Task<PluginChange> UnloadAsync(string name, DrainOptions options, CancellationToken cancellation)
        => ChangeAsync(new PluginChange(PluginChangeKind.Unload, name), change => UnloadAsync(change, name, options), cancellation);

    /// <summary>Ends every wait and lets no further change begin.</summary>
    public void End()
    {
        _end.Cancel();
        _one.Wait();
        _one.Release();
    }

    private async Task<PluginChange> ChangeAsync(PluginChange asked, Func<PluginChange, Task<PluginChange>> act, CancellationToken cancellation)
    {
        if (Epoch.IsInsideRun())
        {
            throw new InvalidOperationException("A running program cannot change the plugins that it runs with.");
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        PluginChange done;
        try
        {
            await _one.WaitAsync(ends.Token).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(SkepHost));
        }

        try
        {
            done = await act(asked).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }

        tell(done);
        return done;
    }

    private PluginChange Load(PluginChange change, string path)
    {
        using var calls = new ForeignCalls(plan.CallDeadline);
        using Introduction introduction = Introduce(path, calls);
        if (introduction.Bind(runtime.Registry, plan.Policy, ImmutableHashSet<PluginRecord>.Empty) is not { } next)
        {
            return change with { Findings = [.. introduction.Findings] };
        }

        runtime.Slot.Exchange(next);
        return change with { Came = Keep(introduction), Findings = [.. introduction.Findings] };
    }

    private async Task<PluginChange> UpgradeAsync(PluginChange change, string name, string path, UpgradeOptions options)
    {
        if (Find(name, PluginState.Loaded, out Finding? problem) is not { } old)
        {
            return change with { Findings = [problem!] };
        }

        var exit = new UnitExit(runtime, old, MoveKind.Upgrade);
        bool isOver = true;
        try
        {
            change = Switch(change, name, path, options, exit);
            if (!change.Succeeded)
            {
                return change;
            }

            change = change with { Went = [.. old.Handles] };
            if (await exit.WaitAsync(options.Drain.Deadline, _end.Token).ConfigureAwait(false) || TakeAway(exit, options.Drain, ref change))
            {
                return Leave(old, options.Drain, change);
            }

            isOver = false;
        }
        finally
        {
            if (isOver)
            {
                exit.Dispose();
            }
        }

        _ = FinishAsync(exit, options.Drain);
        return change with
        {
            Findings = change.Findings.Add(LifeRules.StaysBehind.Warning(
                PlaceOf(old), $"{old.Name} is still used by {exit.Users}{(exit.Obstacles.IsEmpty ? "" : "; " + string.Join("; ", exit.Obstacles.Select(obstacle => obstacle.Message)))}")),
        };
    }

    /// <summary>Makes and checks the new version beside the old one, and puts it in its place.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PluginChange Switch(PluginChange change, string name, string path, UpgradeOptions options, UnitExit exit)
    {
        using var calls = new ForeignCalls(plan.CallDeadline);
        using Introduction introduction = Introduce(path, calls);
        if (introduction.Candidates.Count > 0 && !introduction.Candidates.Exists(candidate => candidate.Record.Info.Name == name))
        {
            introduction.Findings.Add(LifeRules.OtherPlugin.Error(
                new Place { File = path, Plugin = name }, $"the file has {string.Join(", ", introduction.Candidates.Select(candidate => candidate.Record.Info.Name))}, not {name}"));
        }

        if (introduction.Bind(runtime.Registry, plan.Policy, exit.Unit.Records) is not { } next)
        {
            return change with { Findings = [.. introduction.Findings] };
        }

        using ProgramMove move = exit.Prepare(next);
        if (!move.Obstacles.IsEmpty && !options.LeaveDependentsBehind)
        {
            return change with { Findings = [.. introduction.Findings, .. move.Obstacles] };
        }

        exit.Unit.State = PluginState.Draining;
        runtime.Slot.Exchange(next);
        exit.Commit(move);
        return change with { Came = Keep(introduction), Findings = [.. introduction.Findings] };
    }

    private async Task<PluginChange> DrainAsync(PluginChange change, string name, DrainOptions options)
    {
        if (Find(name, PluginState.Loaded, out Finding? problem) is not { } unit)
        {
            return change with { Findings = [problem!] };
        }

        Registry before = runtime.Registry;
        unit.State = PluginState.Draining;
        runtime.Slot.Exchange(RegistryBuilder.Continue(before, plan.Policy, unit.Records).Build());
        using var exit = new UnitExit(runtime, unit, MoveKind.EnginesOnly);
        change = change with { Went = [.. unit.Handles] };
        if (await exit.WaitAsync(options.Deadline, _end.Token).ConfigureAwait(false) || TakeAway(exit, options, ref change))
        {
            return change;
        }

        string users = exit.Users;
        unit.State = PluginState.Loaded;
        runtime.Slot.Exchange(before);
        return change with { Findings = change.Findings.Add(PluginRules.InUse.Error(PlaceOf(unit), $"{unit.Name} is used by {users}, and goes on")) };
    }

    private PluginChange Resume(PluginChange change, string name)
    {
        if (Find(name, PluginState.Draining, out Finding? problem) is not { } unit)
        {
            return change with { Findings = [problem!] };
        }

        RegistryBuilder builder = RegistryBuilder.Continue(runtime.Registry, plan.Policy, ImmutableHashSet<PluginRecord>.Empty);
        foreach (UnitPlugin plugin in unit.Plugins)
        {
            if (!builder.Add(plugin.Record, plugin.Providers))
            {
                return change with { Findings = [.. builder.FindingsOf(plugin.Record)] };
            }
        }

        unit.State = PluginState.Loaded;
        runtime.Slot.Exchange(builder.Build());
        return change with { Came = [.. unit.Handles] };
    }

    private async Task<PluginChange> UnloadAsync(PluginChange change, string name, DrainOptions options)
    {
        if (Find(name, null, out Finding? problem) is not { } unit)
        {
            return change with { Findings = [problem!] };
        }

        if (unit.State == PluginState.Loaded)
        {
            change = await DrainAsync(change, name, options).ConfigureAwait(false);
            return change.Succeeded ? Leave(unit, options, change) : change;
        }

        using var exit = new UnitExit(runtime, unit, MoveKind.EnginesOnly);
        change = change with { Went = [.. unit.Handles] };
        return await exit.WaitAsync(options.Deadline, _end.Token).ConfigureAwait(false) || TakeAway(exit, options, ref change)
            ? Leave(unit, options, change)
            : change with { Findings = change.Findings.Add(PluginRules.InUse.Error(PlaceOf(unit), $"{unit.Name} is used by {exit.Users}")) };
    }

    /// <summary>Lets an old version go when its last user has.</summary>
    private async Task FinishAsync(UnitExit exit, DrainOptions options)
    {
        using UnitExit ends = exit;
        try
        {
            while (true)
            {
                await exit.WhenReleasedAsync(_end.Token).ConfigureAwait(false);
                await _one.WaitAsync(_end.Token).ConfigureAwait(false);
                PluginChange change = new(PluginChangeKind.Unload, exit.Unit.Plugins[0].Record.Info.Name) { Went = [.. exit.Unit.Handles] };
                try
                {
                    if (exit.Unit.State == PluginState.Unloaded)
                    {
                        return;
                    }

                    if (exit.Unit.State == PluginState.Loaded || !await exit.WaitAsync(TimeSpan.Zero, _end.Token).ConfigureAwait(false))
                    {
                        continue;
                    }

                    change = Leave(exit.Unit, options, change);
                }
                finally
                {
                    _one.Release();
                }

                tell(change);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The host ends, and all plugins with it.
        }
    }

    private bool TakeAway(UnitExit exit, DrainOptions options, ref PluginChange change)
    {
        if (options.AtDeadline != AtDeadline.TakeAway || _end.IsCancellationRequested)
        {
            return false;
        }

        var eviction = new Eviction(runtime, exit.Unit.Records);
        ImmutableArray<Finding> taken = [];
        using var calls = new ForeignCalls(plan.CallDeadline);
        CallOutcome outcome = calls.Run(() => taken = eviction.Run(runtime.Registry, plan.Policy));
        if (!outcome.Succeeded)
        {
            string how = outcome.Failure is { } failure ? $"failed with {failure.GetType().Name}: {failure.Message}" : $"did not return within {plan.CallDeadline.TotalSeconds:0.###} s";
            change = change with { Findings = change.Findings.Add(PluginRules.LeftBadly.Warning(PlaceOf(exit.Unit), $"taking it from its users {how}")) };
        }

        change = change with { Findings = change.Findings.AddRange(outcome.TimedOut ? [] : taken) };
        return exit.IsFree();
    }

    /// <summary>The unit of a plugin in a state; null for any.</summary>
    private PluginUnit? Find(string name, PluginState? state, out Finding? problem)
    {
        PluginUnit[] named = [.. _units.Where(unit => unit.Plugins.Any(plugin => plugin.Record.Info.Name == name))];
        PluginUnit? found = Array.Find(named, unit => state is null ? unit.State == PluginState.Loaded : unit.State == state) ?? (state is null ? named.FirstOrDefault() : null);
        var place = new Place { Plugin = name };
        problem = found is not null ? null
            : named.Length == 0 ? LifeRules.Unknown.Error(place, $"there is {(_units.IsEmpty ? "none" : string.Join(", ", _units.Select(unit => unit.Name)))}")
            : LifeRules.NotNow.Error(place, $"{named[0].Name} is {named[0].State}, not {state}");
        return found;
    }

    private Introduction Introduce(string path, ForeignCalls calls) => new(new Introducer(plan, calls, new StageClock(), Task.FromResult(scopes), copiesFiles: true), path, plan.Trust.Open());

    private ImmutableArray<PluginHandle> Keep(Introduction introduction)
    {
        PluginUnit unit = introduction.Keep();
        _units = _units.Add(unit);
        return [.. unit.Handles];
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Nothing of a plugin stays on the frame of whoever waits for it to go.
    private PluginChange Leave(PluginUnit unit, DrainOptions options, PluginChange change)
    {
        using (var calls = new ForeignCalls(plan.CallDeadline))
        {
            change = change with { Findings = [.. change.Findings, .. UnitEnd.Close(unit, calls)] };
        }

        _units = _units.Remove(unit);
        if (options.Proof is { } proof)
        {
            foreach (PluginHandle plugin in unit.Handles.Where(plugin => plugin.Probe?.WaitUntilGone(proof) == false))
            {
                change = change with { Findings = change.Findings.Add(LifeRules.StillThere.Warning(PlaceOf(unit), $"the context of {plugin} was there after {proof.TotalSeconds:0.###} s")) };
            }
        }

        return change;
    }

    private static Place PlaceOf(PluginUnit unit) => new() { File = unit.Path, Plugin = unit.Plugins[0].Record.Info.Name };
}
