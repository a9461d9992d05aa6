using Skep.Contracts;

namespace Skep.Jit.Arm64;

/// <summary>Machine code for 64-bit Arm processors.</summary>
public sealed class Arm64Plugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(Arm64Plugin), "JIT back end arm64: machine code for 64-bit Arm processors.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddJitBackend<Arm64Backend>();
    }
}
