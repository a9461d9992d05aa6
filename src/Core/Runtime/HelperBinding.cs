using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>
/// A helper as a runtime offers it: the descriptor and a slot for the function. Code calls through the slot, so that it can be
/// switched, or filled with a refusing stub, while programs run.
/// </summary>
public sealed class HelperBinding
{
    private volatile HelperFunction _function;

    internal HelperBinding(HelperDescriptor descriptor, string set, PluginRecord owner, HelperFunction function)
    {
        Descriptor = descriptor;
        Set = set;
        Owner = owner;
        _function = function;
    }

    public HelperDescriptor Descriptor { get; }

    /// <summary>The name of the helper set.</summary>
    public string Set { get; }

    /// <summary>The plugin that provides it.</summary>
    public PluginRecord Owner { get; }

    /// <summary>The function as of now; engines read it at each call.</summary>
    public HelperFunction Function => _function;

    /// <summary>The host lets no program call it (<see cref="CompositionPolicy.Helpers"/>).</summary>
    public bool IsForbidden { get; internal init; }

    /// <summary>The helper that releases what this one acquires; null when it acquires nothing.</summary>
    public HelperBinding? ReleasedBy { get; internal set; }

    /// <summary>Says calls in instructions; null where the set cannot.</summary>
    internal IInliningHelperSet? Inliner { get; init; }

    /// <summary>A C function that does the same, for machine code; 0 for none.</summary>
    internal nint NativeFunction { get; init; }

    internal void Switch(HelperFunction next) => _function = next;
}
