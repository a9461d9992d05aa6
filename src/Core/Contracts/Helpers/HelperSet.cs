using System.Collections.Immutable;

namespace Skep.Contracts;

/// <summary>A base for helper sets that say descriptor and function side by side, in their constructor.</summary>
public abstract class HelperSet : IHelperSet
{
    private readonly Dictionary<string, HelperFunction> _functions = [];
    private readonly ImmutableArray<HelperDescriptor>.Builder _helpers = ImmutableArray.CreateBuilder<HelperDescriptor>();
    private readonly string _name;
    private HelperSetDescriptor? _descriptor;

    /// <param name="name">The set's identity, as in <see cref="HelperSetDescriptor.Name"/>.</param>
    protected HelperSet(string name) => _name = name;

    public HelperSetDescriptor Descriptor => _descriptor ??= new HelperSetDescriptor(_name, _helpers.ToImmutable());

    public HelperFunction GetFunction(HelperDescriptor helper)
    {
        ArgumentNullException.ThrowIfNull(helper);
        return _functions[helper.Name];
    }

    /// <summary>Adds a helper; only from the derived class's constructor.</summary>
    protected void Add(HelperDescriptor descriptor, HelperFunction function)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _functions.Add(descriptor.Name, function);
        _helpers.Add(descriptor);
    }
}
