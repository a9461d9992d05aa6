using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Hash tables.</summary>
public sealed class HashMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(HashMapsPlugin), "Map types hash, percpu_hash, lru_hash and lru_percpu_hash: values by key.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<HashMapType>();
        registry.AddMapType<PerCpuHashMapType>();
        registry.AddMapType<LruHashMapType>();
        registry.AddMapType<LruPerCpuHashMapType>();
    }
}
