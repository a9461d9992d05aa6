using Skep.Contracts;

namespace Skep.Events;

/// <summary>Events of the Linux kernel through <c>perf_event_open(2)</c>.</summary>
public sealed class PerfEventsPlugin : IPlugin
{
    public PluginInfo Info { get; } = PluginInfo.FromAssembly(typeof(PerfEventsPlugin), "Attach point tracepoint: the Linux kernel's tracepoints and system calls.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddAttachPoint<TracepointAttachPoint>();
    }
}
