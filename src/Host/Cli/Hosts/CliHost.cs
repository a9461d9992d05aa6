using System.Collections.Immutable;
using Skep.Cli.Output;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting;
using Skep.Runtime;

namespace Skep.Cli.Hosts;

/// <summary>The host of a verb: every plugin of the folder. What is wrong with a plugin is warned about and stops only who needs it.</summary>
internal sealed class CliHost : IDisposable
{
    private readonly SkepHost _host;

    private CliHost(SkepHost host) => _host = host;

    public SkepRuntime Runtime => _host.Runtime;

    public Registry Registry => _host.Runtime.Registry;

    public ImmutableArray<PluginHandle> Plugins => _host.Plugins;

    /// <param name="folder">As <c>--plugins</c> says; null when it is not given.</param>
    /// <param name="limits">Changes the limits; null leaves them.</param>
    public static CliHost Create(Terminal terminal, string? folder, ITraceOutput? trace = null, Func<Limits, Limits>? limits = null)
        => Join(terminal, Begin(folder, trace, limits));

    /// <summary>Composes the host beside whatever else a verb has to do at its start; that takes the greater part of the time to the first event.</summary>
    public static Task<CliHost> Begin(string? folder, ITraceOutput? trace, Func<Limits, Limits>? limits = null, bool watch = false) => Task.Run(() => new CliHost(SkepHost.Create(builder =>
    {
        builder.AddPluginFolder(PluginPlace.Find(folder));
        if (limits is not null)
        {
            builder.Limit(limits);
        }

        if (trace is not null)
        {
            builder.TraceTo(trace);
        }

        if (watch)
        {
            builder.WatchPluginFolder();
        }
    })));

    /// <summary>Waits for the host that was begun, and tells what is wrong with its plugins.</summary>
    public static CliHost Join(Terminal terminal, Task<CliHost> begun)
    {
        CliHost host = begun.GetAwaiter().GetResult();
        terminal.Warn(host._host.Findings.Select(AsWarning));
        return host;
    }

    /// <param name="tell">Called on any thread.</param>
    public void WhenPluginsChange(Action<PluginChange> tell) => _host.PluginsChanged += tell;

    public void Dispose() => _host.Dispose();

    private static Finding AsWarning(Finding finding) => finding with { Severity = Severity.Warning };
}
