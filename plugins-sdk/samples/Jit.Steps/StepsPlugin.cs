using Skep.Contracts;

namespace Acme.Jit.Steps;

/// <summary>A sample: the smallest back end that runs real programs, on any processor that .NET runs on.</summary>
public sealed class StepsPlugin : IPlugin
{
    public PluginInfo Info { get; } = new("Acme.Jit.Steps", new Version(0, 1, 0), "A sample back end: each instruction becomes a delegate.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddJitBackend<StepsBackend>();
    }
}
