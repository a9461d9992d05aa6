namespace Skep.Contracts;

/// <summary>What the type of a parameter of a <see cref="HelperAttribute"/> method does not say of its <see cref="HelperArgument"/>.</summary>
/// <remarks>
/// Without a kind, a number is <see cref="HelperArgumentKind.Anything"/>; <c>ReadOnlySpan&lt;byte&gt;</c> is <see cref="HelperArgumentKind.ReadableMemory"/> and
/// <c>Span&lt;byte&gt;</c> <see cref="HelperArgumentKind.WritableMemory"/>, with their size in the argument that follows; <c>in</c>, <c>ref</c> and <c>out</c> are memory of the
/// type's size; <see cref="MapRef"/> is a <see cref="HelperArgumentKind.ConstMap"/>; <c>in</c> or <c>ref</c> of a <see cref="ProgramContextAttribute"/> struct is the
/// context. With a kind, a number of 64 bits or a pointer takes the argument as it comes.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ArgumentAttribute : Attribute
{
    public ArgumentAttribute()
    {
    }

    public ArgumentAttribute(HelperArgumentKind kind) => Kind = kind;

    /// <summary>Null where the parameter's type says it.</summary>
    public HelperArgumentKind? Kind { get; }

    /// <summary>As the C header shows it; null for the parameter's name in C's spelling (<c>maxLength</c>: <c>max_length</c>).</summary>
    public string? Name { get; set; }

    /// <summary>A span's size argument, as the C header shows it; null for the name with <c>_size</c>.</summary>
    public string? SizeName { get; set; }

    /// <summary>As <see cref="HelperArgument.CType"/>.</summary>
    public string? CType { get; set; }

    /// <summary>0 is allowed instead of a pointer; a span is empty then, and its size may be 0.</summary>
    public bool MaybeNull { get; set; }

    /// <summary>A span's size may be 0 (<see cref="HelperArgumentKind.SizeOrZero"/>).</summary>
    public bool MaybeEmpty { get; set; }

    /// <summary>The memory need not be initialised: the helper fills all of it, whatever happens. So is <c>out</c> by itself.</summary>
    public bool Uninitialized { get; set; }

    /// <summary>The call gives the reference back.</summary>
    public bool Releases { get; set; }

    /// <summary>The size of memory behind a pointer, in bytes; 0 when an argument that follows says it.</summary>
    public int FixedSize { get; set; }

    /// <summary>As <see cref="HelperArgument.Operations"/>.</summary>
    public MapOperations Operations { get; set; }

    /// <summary>As <see cref="HelperArgument.ObjectType"/>.</summary>
    public string? ObjectType { get; set; }

    /// <summary>What the helper calls a <see cref="HelperArgumentKind.Function"/> with; null for a function that is never called.</summary>
    public CallbackArgumentKind[]? CallbackArguments { get; set; }

    /// <summary>As <see cref="CallbackDescriptor.CountArgument"/>.</summary>
    public int CountArgument { get; set; } = -1;

    /// <summary>The parameter is none of the prototype: a register after the last argument, whatever it holds (<see cref="HelperDescriptor.IsVariadic"/>).</summary>
    public bool IsVariadic { get; set; }
}
