using Skep.Contracts;
using Skep.Maps;

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

/// <summary>A tail call to element 0 of a program array that only the helper does: what every tail call was before machine code jumped.</summary>
public sealed class HelperTailCall : HelperSet
{
    /// <summary>Its name in C.</summary>
    public const string Function = "benchmarks_tail_call";

    public HelperTailCall()
        : base("benchmarks.tail_call")
    {
        var real = new TailCallHelpers();
        HelperDescriptor descriptor = real.Descriptor.Helpers[0];
        Add(
            new HelperDescriptor("benchmarks/tail_call")
            {
                Description = "As bpf_tail_call, by the helper.",
                Arguments = descriptor.Arguments,
                Result = descriptor.Result,
                IsTailCall = true,
            },
            real.GetFunction(descriptor));
    }
}

/// <summary>The helpers as a plugin.</summary>
public sealed class NothingPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(NothingPlugin), "A helper that does nothing, and one that makes tail calls.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddHelperSet<NothingHelpers>();
        registry.AddHelperSet<HelperTailCall>();
    }
}
