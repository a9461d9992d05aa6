using Skep.Contracts;

namespace Skep.Jit.X64;

/// <summary>Machine code for x86-64 processors.</summary>
public sealed class X64Plugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(X64Plugin), "JIT back end x64: machine code for x86-64 processors.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddJitBackend<X64Backend>();
    }
}
