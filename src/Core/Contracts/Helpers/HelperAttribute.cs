namespace Skep.Contracts;

/// <summary>
/// A method that programs may call. Its prototype (<see cref="HelperDescriptor"/>) is taken from its C# signature; <see cref="ArgumentAttribute"/> and
/// <see cref="ResultAttribute"/> say what types do not. The method is static or of the set's instance, thread-safe, and may throw: the engine counts that and gives the
/// program an error.
/// </summary>
/// <param name="name">The helper's identity: a qualified name (<c>acme.geo/country</c>), or the kernel's own.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class HelperAttribute(string name) : Attribute
{
    /// <summary>As <see cref="HelperDescriptor.Name"/>.</summary>
    public string Name { get; } = name;

    /// <summary>The kernel's number, only for the kernel's own helpers; 0 for none.</summary>
    public int Number { get; set; }

    /// <summary>As <see cref="HelperDescriptor.Description"/>.</summary>
    public string Description { get; set; } = "";

    /// <summary>As <see cref="HelperDescriptor.IsGplOnly"/>.</summary>
    public bool IsGplOnly { get; set; }

    /// <summary>As <see cref="HelperDescriptor.ProgramTypes"/>; empty serves all.</summary>
    public string[] ProgramTypes { get; set; } = [];

    /// <summary>As <see cref="HelperDescriptor.InvalidatesPackets"/>.</summary>
    public bool InvalidatesPackets { get; set; }

    /// <summary>As <see cref="HelperDescriptor.Lock"/>.</summary>
    public LockEffect Lock { get; set; }

    /// <summary>As <see cref="HelperDescriptor.IsTailCall"/>.</summary>
    public bool IsTailCall { get; set; }
}
