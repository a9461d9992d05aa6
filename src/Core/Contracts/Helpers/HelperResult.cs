namespace Skep.Contracts;

/// <summary>What a helper returns; the kernel's <c>RET_*</c> vocabulary.</summary>
public enum HelperResultKind : byte
{
    /// <summary>Nothing: R0 holds no value afterwards (<c>RET_VOID</c>).</summary>
    Void,

    /// <summary>A number (<c>RET_INTEGER</c>).</summary>
    Integer,

    /// <summary>A value of the map argument, or 0 (<c>RET_PTR_TO_MAP_VALUE_OR_NULL</c>).</summary>
    MapValueOrNull,

    /// <summary>A value of the map argument (<c>RET_PTR_TO_MAP_VALUE</c>).</summary>
    MapValue,

    /// <summary>Memory of the size in the <see cref="HelperArgumentKind.AllocationSize"/> argument, or of <see cref="HelperResult.FixedSize"/>, or 0 (<c>RET_PTR_TO_MEM_OR_NULL</c>).</summary>
    MemoryOrNull,

    /// <summary>The opaque object named <see cref="HelperResult.ObjectType"/>, or 0 (<c>RET_PTR_TO_SOCKET_OR_NULL</c>, <c>RET_PTR_TO_BTF_ID_OR_NULL</c>).</summary>
    ObjectOrNull,
}

/// <summary>A helper's result.</summary>
public sealed record HelperResult(HelperResultKind Kind)
{
    public static readonly HelperResult Void = new(HelperResultKind.Void);
    public static readonly HelperResult Integer = new(HelperResultKind.Integer);
    public static readonly HelperResult MapValueOrNull = new(HelperResultKind.MapValueOrNull);

    /// <summary>The size of returned memory when no argument says it, in bytes.</summary>
    public int FixedSize { get; init; }

    /// <summary>What an integer result may be; the verifier relies on it, so a helper that returns anything else breaks the host.</summary>
    public ReturnRange Range { get; init; } = ReturnRange.Any;

    /// <summary>An integer result is at most the size argument, or negative: how many bytes of the memory were filled.</summary>
    public bool IsBoundedBySize { get; init; }

    /// <summary>What a program may do with returned memory that is not a map's.</summary>
    public MemoryAccess Access { get; init; } = MemoryAccess.ReadWrite;

    /// <summary>The name of the opaque object or of the kind of acquired memory.</summary>
    public string? ObjectType { get; init; }

    /// <summary>
    /// The helper of the same set that gives the reference back when called with it in R1 and 0 in R2 to R5; null when nothing is acquired. The
    /// verifier demands a release on every path, and engines call this one when a run ends abnormally.
    /// </summary>
    public string? ReleasedBy { get; init; }

    /// <summary>The type that the C header shows, such as <c>__u32</c>; null for what the kind has.</summary>
    public string? CType { get; init; }

    public bool Acquires => ReleasedBy is not null;

    public bool IsPointer => Kind is not (HelperResultKind.Void or HelperResultKind.Integer);
}
