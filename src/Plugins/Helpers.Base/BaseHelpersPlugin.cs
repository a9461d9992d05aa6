using Skep.Contracts;

namespace Skep.Helpers;

/// <summary>The kernel's everyday helpers: maps, ring buffers, loops, locks, clocks, the current task, reading memory, text.</summary>
public sealed class BaseHelpersPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(BaseHelpersPlugin), "The kernel's everyday helpers: maps, ring buffers, loops, locks, clocks, the current task, reading memory, text.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddHelperSet<MapHelpers>();
        registry.AddHelperSet<QueueHelpers>();
        registry.AddHelperSet<RingBufferHelpers>();
        registry.AddHelperSet<ClockHelpers>();
        registry.AddHelperSet<RandomHelpers>();
        registry.AddHelperSet<TaskHelpers>();
        registry.AddHelperSet<ProbeReadHelpers>();
        registry.AddHelperSet<TraceHelpers>();
        registry.AddHelperSet<StringHelpers>();
        registry.AddHelperSet<NumberTextHelpers>();
        registry.AddHelperSet<LoopHelpers>();
        registry.AddHelperSet<LockHelpers>();
        registry.AddHelperSet<NumberIteratorHelpers>();
    }
}
