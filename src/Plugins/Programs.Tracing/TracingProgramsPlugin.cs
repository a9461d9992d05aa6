using Skep.Contracts;

namespace Skep.ProgramTypes;

/// <summary>Programs that the kernel's tracepoints and performance events run.</summary>
public sealed class TracingProgramsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(TracingProgramsPlugin), "Programs for tracepoints and performance events.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddProgramType<TracepointType>();
        registry.AddProgramType<RawTracepointType>();
        registry.AddProgramType<PerfEventType>();
    }
}
