namespace Skep.Contracts;

/// <summary>
/// A partial struct that is a program type's context: the generator of <c>Skep.Sdk</c> makes its <see cref="ContextLayout"/> (<c>Layout</c>) from its fields, in their order and at
/// the offsets at which they lie. Helpers may take it by <c>in</c> or <c>ref</c>.
/// </summary>
/// <param name="typeName">What C calls the struct, as in <see cref="ContextLayout.TypeNames"/>.</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class ProgramContextAttribute(string typeName) : Attribute
{
    public string TypeName { get; } = typeName;

    /// <summary>As <see cref="ContextLayout.HostSize"/>, in bytes; 0 where the event is the struct itself, in the source's memory.</summary>
    public int HostSize { get; set; }
}

/// <summary>What a field of a <see cref="ProgramContextAttribute"/> struct is besides a number that programs read.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ContextFieldAttribute : Attribute
{
    public ContextFieldAttribute()
    {
    }

    public ContextFieldAttribute(ContextFieldKind kind) => Kind = kind;

    public ContextFieldKind Kind { get; }

    /// <summary>As C spells it; null for the field's name in C's spelling.</summary>
    public string? Name { get; set; }

    /// <summary>As <see cref="ContextField.Access"/>.</summary>
    public MemoryAccess Access { get; set; } = MemoryAccess.Read;

    /// <summary>As <see cref="ContextField.TargetSize"/>, in bytes; 0 for the size of what a typed pointer points to.</summary>
    public int TargetSize { get; set; }

    /// <summary>As <see cref="ContextField.TargetAccess"/>.</summary>
    public MemoryAccess TargetAccess { get; set; } = MemoryAccess.Read;

    /// <summary>As <see cref="ContextField.ObjectType"/>.</summary>
    public string? ObjectType { get; set; }

    /// <summary>The field is the host's: programs do not see it.</summary>
    public bool IsHidden { get; set; }
}
