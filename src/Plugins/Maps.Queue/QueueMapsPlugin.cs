using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Values without keys, in the order in which they came or the reverse.</summary>
public sealed class QueueMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(QueueMapsPlugin), "Map types queue and stack: values without keys.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<QueueMapType>();
        registry.AddMapType<StackMapType>();
    }
}
