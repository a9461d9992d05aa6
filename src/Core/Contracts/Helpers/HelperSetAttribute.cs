namespace Skep.Contracts;

/// <summary>
/// A partial class whose <see cref="HelperAttribute"/> methods are a set of helpers: the generator of <c>Skep.Sdk</c> makes it an <see cref="IHelperSet"/>. One that also
/// inlines, or has C functions, adds <see cref="IInliningHelperSet"/> or <see cref="INativeHelperSet"/> itself.
/// </summary>
/// <param name="name">The set's identity, as in <see cref="HelperSetDescriptor.Name"/>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class HelperSetAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
