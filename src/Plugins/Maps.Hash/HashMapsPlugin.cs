using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Hash tables.</summary>
public sealed class HashMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(HashMapsPlugin), "Map type hash: values by key.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<HashMapType>();
    }
}
