using Skep.Contracts;

namespace Skep.Events;

/// <summary>Programs that run again and again.</summary>
public sealed class TimerEventsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(TimerEventsPlugin), "Programs that run again and again, at a steady rate.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddProgramType<TimerProgramType>();
        registry.AddAttachPoint<TimerAttachPoint>();
    }
}
