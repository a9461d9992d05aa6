using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Ring buffers: records from programs to user code.</summary>
public sealed class RingMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(RingMapsPlugin), "Map type ringbuf: a stream of records from programs to user code.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<RingBufferMapType>();
    }
}
