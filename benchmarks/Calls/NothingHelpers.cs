using Skep.Contracts;

namespace Skep.Benchmarks.Calls;

/// <summary>A helper that does nothing, to see what calling one costs.</summary>
public sealed unsafe class NothingHelpers : HelperSet
{
    /// <summary>Its name in C.</summary>
    public const string Function = "benchmarks_nothing";

    public NothingHelpers()
        : base("benchmarks")
        => Add(
            new HelperDescriptor("benchmarks/nothing") { Arguments = [new HelperArgument(HelperArgumentKind.Anything, "value")], Description = "Gives back what it was given." },
            (_, r1, _, _, _, _) => r1);
}

/// <summary>The helper as a plugin.</summary>
public sealed class NothingPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(NothingPlugin), "A helper that does nothing.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddHelperSet<NothingHelpers>();
    }
}
