using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Skep.Findings;
using Skep.Hosting.Composition;
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
    private readonly IReadOnlyDictionary<string, PluginLedgerEntry> _loadedFiles;
    private readonly bool _recordsFiles;
    private ComposedHost? _composed;
    private SkepRuntime? _runtime;
    private ImmutableArray<Finding> _findings;

    private SkepHost(ComposedHost composed, HostPlan plan, IServiceProvider? services)
    {
        _composed = composed;
        _callDeadline = plan.CallDeadline;
        _runtime = new SkepRuntime(composed.Registry, plan.Limits, plan.Engines)
        {
            Name = plan.Name,
            Observer = RoadObservers.Join(plan.Observers, services),
            CountsRuns = plan.CountsRuns,
        };
        Name = plan.Name;
        _findings = composed.Registry.Findings;
        Plugins = composed.Plugins;
        _loadedFiles = composed.Staged.Entries;
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

    /// <summary>The plugins that were taken, in order; still there after the host was disposed.</summary>
    public ImmutableArray<PluginHandle> Plugins { get; }

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

        return host;
    }

    public PluginHandle? FindPlugin(string name) => Plugins.FirstOrDefault(plugin => plugin.Info.Name == name);

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
        foreach (PluginHandle plugin in Plugins)
        {
            if (plugin.Origin is { } origin && _loadedFiles.TryGetValue(origin, out PluginLedgerEntry? entry))
            {
                ledger = new PluginLedger(ledger.Plugins.SetItem(Path.GetFileNameWithoutExtension(origin), entry with { Version = plugin.Info.Version.ToString() }));
            }
        }

        ledger.Write(path);
    }

    /// <summary>Disposes the host when nobody uses its plugins. A runtime's registry is frozen, so all of its plugins leave together.</summary>
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
        lock (_gate)
        {
            if (_composed is { } composed)
            {
                _composed = null;
                _findings = _findings.AddRange(Leave(composed));
                _runtime = null;
            }
        }
    }

    private static Finding DescribeUse(PluginHandle plugin)
        => PluginRules.InUse.Error(
            new Place { File = plugin.Origin, Plugin = plugin.Info.Name }, $"used by {string.Join(", ", plugin.Holders)}");

    [MethodImpl(MethodImplOptions.NoInlining)] // Nothing of a plugin stays on the frame of whoever waits for it to go.
    private List<Finding> Leave(ComposedHost composed)
    {
        var findings = new List<Finding>();
        using var calls = new ForeignCalls(_callDeadline);
        SetState(PluginState.Draining);
        Call(_runtime!.Dispose, Place.Nowhere, "ending the runtime");
        foreach (PluginHandle plugin in composed.Plugins.Reverse())
        {
            Call(plugin.Scope.Dispose, new Place { File = plugin.Origin, Plugin = plugin.Info.Name }, "disposing its providers");
        }

        Call(composed.Scopes.Dispose, Place.Nowhere, "disposing the container");
        foreach (IDisposable context in composed.Contexts)
        {
            context.Dispose();
        }

        composed.Staged.Dispose();
        SetState(PluginState.Unloaded);
        return findings;

        void SetState(PluginState state)
        {
            foreach (PluginHandle plugin in composed.Plugins)
            {
                plugin.Record.State = state;
            }
        }

        void Call(Action call, Place place, string what)
        {
            CallOutcome outcome = calls.Run(call);
            if (outcome.TimedOut)
            {
                findings.Add(PluginRules.LeftBadly.Error(place, $"{what} did not return within {_callDeadline.TotalSeconds:0.###} s"));
            }
            else if (outcome.Failure is { } failure)
            {
                findings.Add(FailureText.ToFinding(failure, PluginRules.LeftBadly, place, what));
            }
        }
    }
}
