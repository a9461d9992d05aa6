namespace Skep.Contracts;

/// <summary>What the return type of a <see cref="HelperAttribute"/> method does not say of its <see cref="HelperResult"/>.</summary>
/// <remarks>
/// Without a kind, <c>void</c> is <see cref="HelperResultKind.Void"/>, a number is <see cref="HelperResultKind.Integer"/> in the range of its type where that has fewer than 64 bits,
/// <see cref="Errno"/> is 0 or the negative number, and <see cref="MapValueRef"/> is <see cref="HelperResultKind.MapValueOrNull"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.ReturnValue)]
public sealed class ResultAttribute : Attribute
{
    public ResultAttribute()
    {
    }

    public ResultAttribute(HelperResultKind kind) => Kind = kind;

    /// <summary>Null where the return type says it.</summary>
    public HelperResultKind? Kind { get; }

    /// <summary>As <see cref="HelperResult.CType"/>.</summary>
    public string? CType { get; set; }

    /// <summary>As <see cref="HelperResult.FixedSize"/>; 0 for the size of what a typed pointer points to.</summary>
    public int FixedSize { get; set; }

    /// <summary>The least that an integer may be.</summary>
    public long Minimum { get; set; } = long.MinValue;

    /// <summary>The most that an integer may be.</summary>
    public long Maximum { get; set; } = long.MaxValue;

    /// <summary>As <see cref="HelperResult.IsBoundedBySize"/>.</summary>
    public bool IsBoundedBySize { get; set; }

    /// <summary>As <see cref="HelperResult.Access"/>.</summary>
    public MemoryAccess Access { get; set; } = MemoryAccess.ReadWrite;

    /// <summary>As <see cref="HelperResult.ObjectType"/>.</summary>
    public string? ObjectType { get; set; }

    /// <summary>As <see cref="HelperResult.ReleasedBy"/>.</summary>
    public string? ReleasedBy { get; set; }
}
