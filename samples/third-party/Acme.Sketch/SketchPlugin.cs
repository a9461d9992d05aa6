using Skep.Contracts;

namespace Acme.Sketch;

/// <summary>Counting without keeping keys.</summary>
public sealed class SketchPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(SketchPlugin), "A map type that counts any number of keys in fixed memory.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<SketchMapType>();
    }
}
