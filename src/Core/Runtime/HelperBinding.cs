using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>
/// A helper as a runtime offers it: the descriptor and the function of one version of a plugin. Programs that move to another version get the code
/// for its bindings.
/// </summary>
public sealed class HelperBinding
{
    internal HelperBinding(HelperDescriptor descriptor, string set, PluginRecord owner, HelperFunction function)
    {
        Descriptor = descriptor;
        Set = set;
        Owner = owner;
        Function = function;
    }

    public HelperDescriptor Descriptor { get; }

    /// <summary>The name of the helper set.</summary>
    public string Set { get; }

    /// <summary>The plugin that provides it.</summary>
    public PluginRecord Owner { get; }

    public HelperFunction Function { get; }

    /// <summary>The host lets no program call it (<see cref="CompositionPolicy.Helpers"/>).</summary>
    public bool IsForbidden { get; internal init; }

    /// <summary>The helper that releases what this one acquires; null when it acquires nothing.</summary>
    public HelperBinding? ReleasedBy { get; internal set; }

    /// <summary>Says calls in instructions; null where the set cannot.</summary>
    internal IInliningHelperSet? Inliner { get; init; }

    /// <summary>A C function that does the same, for machine code; 0 for none.</summary>
    internal nint NativeFunction { get; init; }
}
