using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Maps whose elements are programs.</summary>
public sealed class ProgramMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(ProgramMapsPlugin), "Map type prog_array: programs that take the place of another, and the helper that calls them.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<ProgramArrayType>();
        registry.AddHelperSet<TailCallHelpers>();
    }
}
