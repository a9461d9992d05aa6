using Skep.Contracts;

namespace Acme.Geo;

/// <summary>Where addresses are.</summary>
public sealed class GeoPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(GeoPlugin), "Helpers that tell the country of an IPv4 address.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddHelperSet<GeoHelpers>();
    }
}
