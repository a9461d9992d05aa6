using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Skep.Findings;
using Skep.Hosting.Composition;
using Skep.Hosting.Life;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting;

/// <summary>
/// A runtime and the plugins that it is composed of. Disposing it ends the runtime (links, programs, maps), then each plugin's providers, then
/// the load contexts. Any number of hosts, with different plugins, live in one process. Safe for any number of threads.
/// </summary>
public sealed class SkepHost : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _callDeadline;
    private readonly bool _recordsFiles;
    private HostLife? _life;
    private PluginScopes? _scopes;
    private SkepRuntime? _runtime;
    private ImmutableArray<Finding> _findings;
    private ImmutableArray<PluginUnit> _last = [];
    private PluginWatcher? _watcher;

    private SkepHost(ComposedHost composed, HostPlan plan, IServiceProvider? services)
    {
        _scopes = composed.Scopes;
        _callDeadline = plan.CallDeadline;
        _runtime = new SkepRuntime(composed.Registry, plan.Limits, plan.Engines)
        {
            Name = plan.Name,
            Observer = RoadObservers.Join(plan.Observers, services),
            CountsRuns = plan.CountsRuns,
        };
        Name = plan.Name;
        _findings = composed.Registry.Findings;
        _life = new HostLife(_runtime, composed.Scopes, plan, composed.Units, change => Tell(change, services));
        _recordsFiles = plan.Trust.IsStaged;
        StartTimes = composed.Times;
    }

    /// <summary>As <see cref="SkepBuilder.Named"/> says.</summary>
    public string Name { get; }

    /// <summary>Whether the host was disposed, and its runtime with it.</summary>
    public bool IsDisposed => _runtime is null;

    /// <exception cref="ObjectDisposedException">The host is disposed: it must not keep what it unloaded.</exception>
    public SkepRuntime Runtime
    {
        get
        {
            SkepRuntime? runtime = _runtime;
            ObjectDisposedException.ThrowIf(runtime is null, this);
            return runtime;
        }
    }

    /// <summary>
    /// The plugins that are there now, in the order in which they came: also those that drain, and old versions that are still in use. Of a disposed host those that it had at its
    /// end.
    /// </summary>
    public ImmutableArray<PluginHandle> Plugins => [.. (_life?.Units ?? _last).SelectMany(unit => unit.Handles)];

    /// <summary>
    /// A change of the plugins has ended, well or not: one that was asked for, one that the folder's watcher made, an old version that left after its last user. Raised on any thread, outside
    /// of the change.
    /// </summary>
    public event Action<PluginChange>? PluginsChanged;

    /// <summary>What was refused, left out or went wrong, and why; disposing may add to it.</summary>
    public ImmutableArray<Finding> Findings
    {
        get
        {
            lock (_gate)
            {
                return _findings;
            }
        }
    }

    /// <summary>What each stage of the start took.</summary>
    public ImmutableArray<StageTime> StartTimes { get; }

    /// <summary>Composes a runtime. Whatever is wrong with a plugin is a finding, never an exception: the host runs with the others.</summary>
    /// <param name="services">Where providers' constructors get what they ask for, and where findings are logged; used until the host is disposed, and not disposed with it.</param>
    public static SkepHost Create(Action<SkepBuilder> configure, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new SkepBuilder();
        configure(builder);
        HostPlan plan = builder.Build();
        using var composer = new HostComposer(plan, services);
        var host = new SkepHost(composer.Compose(), plan, services);
        if (services is not null && !host._findings.IsEmpty)
        {
            HostLog.Write(services, host._findings);
        }

        host._watcher = plan.Watch is { } watch ? new PluginWatcher(host, plan.Sources.OfType<FolderSource>(), watch) : null;
        return host;
    }

    /// <returns>Of several versions the one that can be bound.</returns>
    public PluginHandle? FindPlugin(string name) => Plugins.Where(plugin => plugin.Info.Name == name).MinBy(plugin => plugin.State);

    /// <summary>
    /// Loads the plugins of a file into the living host: all of them, or none, with findings. Changes are made one at a time. What comes into a living host is loaded from a private copy of its
    /// folder, so that the files can be replaced.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called from inside a run; likewise below.</exception>
    public PluginChange Load(string path) => LoadAsync(path).GetAwaiter().GetResult();

    /// <inheritdoc cref="Load"/>
    public Task<PluginChange> LoadAsync(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Life.LoadAsync(Path.GetFullPath(path), cancellation);
    }

    /// <summary>
    /// Puts another version of a plugin, and of the others from the same file, in the place of the one that is there. The new one is made, checked and compared first; when anything is wrong, or a program
    /// depends on what has changed, nothing happens. Then programs move to the new version between two runs. Maps and links, and programs tied to them, stay with the old one, which leaves
    /// when they have gone.
    /// </summary>
    public PluginChange Upgrade(string name, string path, UpgradeOptions? options = null) => UpgradeAsync(name, path, options).GetAwaiter().GetResult();

    /// <inheritdoc cref="Upgrade"/>
    /// <param name="cancellation">Until the change begins.</param>
    public Task<PluginChange> UpgradeAsync(string name, string path, UpgradeOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Life.UpgradeAsync(name, Path.GetFullPath(path), options ?? UpgradeOptions.Default, cancellation);
    }

    /// <summary>
    /// Lets nothing new bind to a plugin, and to the others from the same file, and waits until its users have gone. It stays in memory and can be resumed. At the deadline it goes on as before with a
    /// finding that names its users, or is taken from them.
    /// </summary>
    public PluginChange Drain(string name, DrainOptions? options = null) => DrainAsync(name, options).GetAwaiter().GetResult();

    /// <inheritdoc cref="Drain"/>
    public Task<PluginChange> DrainAsync(string name, DrainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Life.DrainAsync(name, options ?? DrainOptions.Default, cancellation);
    }

    /// <summary>Lets a plugin that drains be bound again.</summary>
    public PluginChange Resume(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Life.ResumeAsync(name, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Drain"/>, and then disposes the plugin's providers and lets its load context go.</summary>
    public PluginChange Unload(string name, DrainOptions? options = null) => UnloadAsync(name, options).GetAwaiter().GetResult();

    /// <inheritdoc cref="Unload"/>
    public Task<PluginChange> UnloadAsync(string name, DrainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Life.UnloadAsync(name, options ?? DrainOptions.Default, cancellation);
    }

    /// <summary>Writes which plugins were loaded from files, and the hashes of the bytes that were loaded; <see cref="SkepBuilder.RequireLock"/> then takes those and no others.</summary>
    /// <exception cref="InvalidOperationException">The host did not record what it loaded (<see cref="PluginTrust.RecordsFiles"/>).</exception>
    /// <exception cref="IOException">As for any file; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public void WriteLock(string path)
    {
        if (!_recordsFiles)
        {
            throw new InvalidOperationException("The host did not record what it loaded: compose it with SkepBuilder.RecordFiles, RequireTrust or RequireLock.");
        }

        PluginLedger ledger = PluginLedger.Empty;
        foreach (PluginUnit unit in (_life?.Units ?? _last).Where(unit => unit is { Path: not null, Ledger: not null }))
        {
            ledger = new PluginLedger(ledger.Plugins.SetItem(
                Path.GetFileNameWithoutExtension(unit.Path)!, unit.Ledger! with { Version = unit.Plugins[^1].Record.Info.Version.ToString() }));
        }

        ledger.Write(path);
    }

    /// <summary>Disposes the host when nobody uses its plugins.</summary>
    /// <param name="deadline">How long to wait for programs, maps and links to go.</param>
    /// <returns>Nothing when the host is disposed; otherwise a finding for each plugin in use, which names the users, and the host goes on.</returns>
    public ImmutableArray<Finding> TryUnload(TimeSpan deadline)
    {
        long start = TimeProvider.System.GetTimestamp();
        using var never = new ManualResetEventSlim();
        while (true)
        {
            ImmutableArray<Finding> users = [.. Plugins.Where(plugin => plugin.Holders.Count > 0).Select(DescribeUse)];
            if (users.IsEmpty)
            {
                Dispose();
                return [];
            }

            if (TimeProvider.System.GetElapsedTime(start) >= deadline)
            {
                return users;
            }

            never.Wait(TimeSpan.FromMilliseconds(2));
        }
    }

    /// <summary>Ends the runtime and lets every plugin go, in use or not. A plugin that fails on its way out is a finding.</summary>
    public void Dispose()
    {
        // Outside of the lock: both wait for changes, which may tell a handler that looks at the host.
        _watcher?.Dispose();
        _life?.End();
        lock (_gate)
        {
            if (_life is { } life)
            {
                _last = life.Units;
                _life = null;
                _findings = _findings.AddRange(Leave(_last));
                _scopes = null;
                _runtime = null;
            }
        }
    }

    private HostLife Life
    {
        get
        {
            HostLife? life = _life;
            ObjectDisposedException.ThrowIf(life is null, this);
            return life;
        }
    }

    private static Finding DescribeUse(PluginHandle plugin)
        => PluginRules.InUse.Error(
            new Place { File = plugin.Origin, Plugin = plugin.Info.Name }, $"used by {string.Join(", ", plugin.Holders)}");

    private void Tell(PluginChange change, IServiceProvider? services)
    {
        if (services is not null && !change.Findings.IsEmpty)
        {
            HostLog.Write(services, change.Findings);
        }

        PluginsChanged?.Invoke(change);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Nothing of a plugin stays on the frame of whoever waits for it to go.
    private List<Finding> Leave(ImmutableArray<PluginUnit> units)
    {
        var findings = new List<Finding>();
        using var calls = new ForeignCalls(_callDeadline);
        foreach (PluginUnit unit in units)
        {
            unit.State = PluginState.Draining;
        }

        UnitEnd.Call(calls, _runtime!.Dispose, Place.Nowhere, "ending the runtime", findings);
        foreach (PluginUnit unit in units.Reverse())
        {
            findings.AddRange(UnitEnd.Close(unit, calls));
        }

        UnitEnd.Call(calls, _scopes!.Dispose, Place.Nowhere, "disposing the container", findings);
        return findings;
    }
}
