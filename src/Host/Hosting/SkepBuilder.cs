using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Skep.Contracts;
using Skep.Hosting.Composition;
using Skep.Hosting.Trust;
using Skep.Runtime;

namespace Skep.Hosting;

/// <summary>
/// What a host wants: which plugins, which of their providers, which limits. Plugins are taken in the order in which they are named here, files of
/// a folder by name; where two clash, the earlier one stays. Not thread-safe.
/// </summary>
public sealed class SkepBuilder
{
    /// <summary>The folder beside the application that <see cref="AddDefaultPluginFolder"/> means.</summary>
    public const string DefaultFolderName = "plugins";

    /// <summary>What a runtime is called that was given no name.</summary>
    public const string DefaultName = "default";

    private readonly List<IRoadObserver> _observers = [];
    private readonly List<PluginSource> _sources = [];
    private readonly List<AssemblyName> _shared = [];
    private CompositionPolicy _policy = CompositionPolicy.Default;
    private Limits _limits = Limits.Default;
    private EngineOptions _engines = EngineOptions.Default;
    private TimeSpan _deadline = TimeSpan.FromSeconds(10);
    private ITraceOutput? _trace;
    private WatchPlan? _watch;
    private string _name = DefaultName;
    private bool _countsRuns;
    private PluginTrust _trust = PluginTrust.Everyone;

    /// <summary>Every folder <c>NAME</c> in it holds a plugin <c>NAME.dll</c>, which is loaded into a context of its own. A folder that is missing is an error.</summary>
    public SkepBuilder AddPluginFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _sources.Add(new FolderSource(Path.GetFullPath(path), IsDefault: false));
        return this;
    }

    /// <summary>The folder <c>plugins</c> beside the application. That it is missing is a warning.</summary>
    public SkepBuilder AddDefaultPluginFolder()
    {
        _sources.Add(new FolderSource(Path.Combine(AppContext.BaseDirectory, DefaultFolderName), IsDefault: true));
        return this;
    }

    /// <summary>One plugin's assembly; what lies beside it serves it privately.</summary>
    public SkepBuilder AddPluginFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _sources.Add(new FileSource(Path.GetFullPath(path)));
        return this;
    }

    /// <summary>A plugin of the process itself: no file is searched, nothing is loaded, and it works in trimmed and ahead-of-time compiled hosts.</summary>
    public SkepBuilder AddPlugin<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>()
        where T : class, IPlugin, new()
    {
        _sources.Add(new StaticSource(typeof(T).FullName ?? typeof(T).Name, static () => new T()));
        return this;
    }

    /// <summary>As <see cref="AddPlugin{T}"/>, for a plugin that the host made.</summary>
    public SkepBuilder AddPlugin(IPlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        _sources.Add(new StaticSource(plugin.GetType().FullName ?? plugin.GetType().Name, () => plugin));
        return this;
    }

    /// <summary>Where several plugins offer a provider of that name, takes the one of <paramref name="plugin"/>; the last word on a provider counts.</summary>
    /// <param name="plugin">A plugin's name, as in <see cref="PluginInfo.Name"/>.</param>
    public SkepBuilder Prefer(ProviderKind kind, string name, string plugin)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(plugin);
        _policy = _policy with { Prefer = _policy.Prefer.SetItem(new ProviderKey(kind, name), plugin) };
        return this;
    }

    /// <summary>Leaves a provider out, whoever offers it.</summary>
    public SkepBuilder Without(ProviderKind kind, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _policy = _policy with { Without = _policy.Without.Add(new ProviderKey(kind, name)) };
        return this;
    }

    /// <summary>Changes the limits as they stand.</summary>
    public SkepBuilder Limit(Func<Limits, Limits> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _limits = change(_limits) ?? throw new ArgumentException("The function returned null.", nameof(change));
        return this;
    }

    /// <summary>What runs programs that do not say it themselves (<see cref="LoadOptions.Engine"/>): <c>auto</c>, <c>interpreter</c>, or a back end's name.</summary>
    public SkepBuilder UseEngine(string engine)
    {
        ArgumentException.ThrowIfNullOrEmpty(engine);
        return Engines(options => options with { Engine = engine });
    }

    /// <summary>Changes how programs are compiled, from what it is so far.</summary>
    public SkepBuilder Engines(Func<EngineOptions, EngineOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _engines = change(_engines) ?? throw new ArgumentException("The function returned null.", nameof(change));
        return this;
    }

    /// <summary>How long each call into a plugin may take while the host starts and ends; 10 seconds unless said otherwise.</summary>
    public SkepBuilder CallDeadline(TimeSpan deadline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(deadline, TimeSpan.Zero);
        _deadline = deadline;
        return this;
    }

    /// <summary>Plugins see the host's assembly of <typeparamref name="T"/> (and all that it references), so that providers may ask for its types; others are private to each plugin.</summary>
    public SkepBuilder Share<T>()
    {
        _shared.Add(typeof(T).Assembly.GetName());
        return this;
    }

    /// <summary>Where programs print; goes before an <see cref="ITraceOutput"/> among the host's services.</summary>
    public SkepBuilder TraceTo(ITraceOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _trace = output;
        return this;
    }

    /// <summary>
    /// Watches the plugin folders while the host lives: a new plugin is loaded, a changed one upgraded, a deleted one unloaded; <see cref="SkepHost.PluginsChanged"/> tells. Plugins are then loaded
    /// from private copies, so that their files can be replaced on every system.
    /// </summary>
    /// <param name="quiet">How long a plugin's folder has to be left alone before its change counts; half a second unless said otherwise.</param>
    /// <param name="drain">How a plugin leaves that was deleted, and an old version; null for <see cref="DrainOptions.Default"/>.</param>
    public SkepBuilder WatchPluginFolder(TimeSpan? quiet = null, DrainOptions? drain = null)
    {
        TimeSpan time = quiet ?? TimeSpan.FromSeconds(0.5);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(quiet));
        _watch = new WatchPlan(time, drain ?? DrainOptions.Default);
        return this;
    }

    /// <summary>
    /// The only helpers that programs may call, beside what their types say; several calls add up. A program that calls another is refused when it is linked (SKEP2015). No
    /// entry at all: no helper may be called.
    /// </summary>
    /// <param name="helpers">As <see cref="HelperAllowance.Entries"/>: names of helpers or of their sets, with <c>*</c> and <c>?</c>.</param>
    public SkepBuilder AllowHelpers(params IEnumerable<string> helpers)
    {
        ArgumentNullException.ThrowIfNull(helpers);
        _policy = _policy with { Helpers = new HelperAllowance([.. _policy.Helpers?.Entries ?? [], .. helpers]) };
        return this;
    }

    /// <summary>The back end of that name compiles programs that do not choose an engine themselves; that it is not there or cannot work here is a finding when a program is loaded.</summary>
    public SkepBuilder UseJit(string backend) => UseEngine(backend);

    /// <summary>What the runtime is called, in measurements and logs; <see cref="DefaultName"/> unless said otherwise.</summary>
    public SkepBuilder Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
        return this;
    }

    /// <summary>Watches what the runtime loads and attaches; besides each <see cref="IRoadObserver"/> among the host's services.</summary>
    public SkepBuilder Observe(IRoadObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _observers.Add(observer);
        return this;
    }

    /// <summary>Runs are counted and timed from the start, which costs two readings of the clock a run (<see cref="Programs.ProgramStatistics"/>).</summary>
    public SkepBuilder CountRuns(bool count = true)
    {
        _countsRuns = count;
        return this;
    }

    /// <summary>Takes only plugins whose files have the hashes that the list says, from where only this user and root can write.</summary>
    /// <param name="path">As <c>skep plugin trust</c> writes it. Where it cannot be read, no plugin is loaded from a file.</param>
    public SkepBuilder RequireTrust(string path) => Trust(trust => trust with { TrustFile = Path.GetFullPath(path) });

    /// <summary>Takes exactly the plugins that were loaded when <see cref="SkepHost.WriteLock"/> wrote the file; a difference is a finding.</summary>
    public SkepBuilder RequireLock(string path) => Trust(trust => trust with { LockFile = Path.GetFullPath(path) });

    /// <summary>Notes the hashes of what is loaded, for <see cref="SkepHost.WriteLock"/>.</summary>
    public SkepBuilder RecordFiles() => Trust(trust => trust with { RecordsFiles = true });

    /// <summary>Changes which plugins' files are taken, from what it is so far.</summary>
    public SkepBuilder Trust(Func<PluginTrust, PluginTrust> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _trust = change(_trust) ?? throw new ArgumentException("The function returned null.", nameof(change));
        return this;
    }

    internal HostPlan Build() => new([.. _sources], [.. _shared], _policy, _limits, _engines, _deadline, _trace, _watch)
    {
        Name = _name,
        Observers = [.. _observers],
        CountsRuns = _countsRuns,
        Trust = _trust,
    };
}
