using Skep.Contracts;
using Skep.ProgramTypes.Helpers;

namespace Skep.ProgramTypes;

/// <summary>Programs that packets run, and what only they may call.</summary>
public sealed class NetProgramsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(NetProgramsPlugin), "Programs for packets (xdp, tc, socket filters, cgroups) and their helpers.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddProgramType<XdpType>();
        registry.AddProgramType<SchedClsType>();
        registry.AddProgramType<SchedActType>();
        registry.AddProgramType<SocketFilterType>();
        registry.AddProgramType<CgroupSkbType>();
        registry.AddHelperSet<PacketBytesHelpers>();
        registry.AddHelperSet<ChecksumHelpers>();
        registry.AddHelperSet<XdpHelpers>();
        registry.AddHelperSet<ForwardingHelpers>();
    }
}
