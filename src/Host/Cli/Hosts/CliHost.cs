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
    public static CliHost Create(Terminal terminal, string? folder, ITraceOutput? trace = null)
    {
        SkepHost host = SkepHost.Create(builder =>
        {
            builder.AddPluginFolder(PluginPlace.Find(folder));
            if (trace is not null)
            {
                builder.TraceTo(trace);
            }
        });
        terminal.Warn(host.Findings.Select(AsWarning));
        return new CliHost(host);
    }

    public void Dispose() => _host.Dispose();

    private static Finding AsWarning(Finding finding) => finding with { Severity = Severity.Warning };
}
