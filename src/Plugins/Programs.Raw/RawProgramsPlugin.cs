using Skep.Contracts;

namespace Skep.ProgramTypes;

/// <summary>Programs on plain memory.</summary>
public sealed class RawProgramsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(RawProgramsPlugin), "Programs on plain memory that the host gives them.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddProgramType<RawType>();
    }
}
