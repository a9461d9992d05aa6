using Skep.Contracts;

namespace Skep.Jit.Cil;

/// <summary>The portable JIT: bytecode becomes CIL, which the .NET runtime compiles.</summary>
public sealed class CilPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(CilPlugin), "JIT back end cil: programs become CIL that the .NET runtime compiles, on every processor that it knows.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddJitBackend<CilBackend>();
    }
}
