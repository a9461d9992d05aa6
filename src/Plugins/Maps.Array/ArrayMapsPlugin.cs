using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Arrays: fixed indices, values side by side.</summary>
public sealed class ArrayMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(ArrayMapsPlugin), "Map types array and percpu_array: values by index.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<ArrayMapType>();
        registry.AddMapType<PerCpuArrayMapType>();
    }
}
