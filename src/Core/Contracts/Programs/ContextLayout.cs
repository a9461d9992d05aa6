using System.Collections.Immutable;

namespace Skep.Contracts;

/// <summary>What reading a context field gives.</summary>
public enum ContextFieldKind : byte
{
    /// <summary>A number.</summary>
    Scalar,

    /// <summary>The first byte of the packet.</summary>
    PacketStart,

    /// <summary>One past the last byte of the packet.</summary>
    PacketEnd,

    /// <summary>The first byte of the packet's metadata, which ends at the packet's start.</summary>
    PacketMeta,

    /// <summary>A pointer to <see cref="ContextField.TargetSize"/> bytes, aligned to 8, never null.</summary>
    Memory,

    /// <summary>A pointer to <see cref="ContextField.TargetSize"/> bytes, aligned to 8, or 0.</summary>
    MemoryOrNull,

    /// <summary>A pointer to the opaque object named <see cref="ContextField.ObjectType"/>, never null.</summary>
    Object,

    /// <summary>A pointer to the opaque object named <see cref="ContextField.ObjectType"/>, or 0.</summary>
    ObjectOrNull,
}

/// <summary>A field of the context struct.</summary>
/// <param name="Offset">As the program sees it, in bytes.</param>
/// <param name="Size">As the program sees it, in bytes; narrower aligned reads of scalars are allowed.</param>
public sealed record ContextField(string Name, int Offset, int Size)
{
    public MemoryAccess Access { get; init; } = MemoryAccess.Read;

    public ContextFieldKind Kind { get; init; }

    /// <summary>Where the value lives in the host's own struct, in bytes; null when it lies as the program sees it.</summary>
    public int? HostOffset { get; init; }

    /// <summary>Its size in the host's struct, in bytes; null when it is as the program sees it.</summary>
    public int? HostSize { get; init; }

    /// <summary>What a memory pointer points to, in bytes.</summary>
    public int TargetSize { get; init; }

    /// <summary>What a program may do with the memory or the packet that the field points to.</summary>
    public MemoryAccess TargetAccess { get; init; } = MemoryAccess.Read;

    /// <summary>The name of the opaque object that an object pointer points to.</summary>
    public string? ObjectType { get; init; }
}

/// <summary>The shape of a program's context.</summary>
public sealed record ContextLayout
{
    /// <summary>A context that programs may not look into.</summary>
    public static readonly ContextLayout Opaque = new();

    /// <summary>The context as the program sees it, in bytes; accesses end before it. For a record, the most a program may read.</summary>
    public int Size { get; init; }

    /// <summary>The scratch memory that <see cref="IProgramType.Enter"/> needs, in bytes.</summary>
    public int HostSize { get; init; }

    /// <summary>Sorted by offset, without overlap. Empty for a record: plain bytes of up to <see cref="Size"/>, all scalars.</summary>
    public ImmutableArray<ContextField> Fields { get; init; } = [];

    /// <summary>What C calls the context's struct (<c>xdp_md</c>), so that global functions can take it.</summary>
    public ImmutableArray<string> TypeNames { get; init; } = [];

    /// <summary>How a record without fields may be accessed.</summary>
    public MemoryAccess RecordAccess { get; init; }

    /// <summary>R2 holds the context's length in bytes, and R1 is memory of exactly that length, or 0.</summary>
    public bool HasLength { get; init; }

    /// <summary>Plain bytes of an event's record, as tracepoints have it: the event decides the real length, and sources pad with zeros up to what a program reads.</summary>
    /// <param name="size">The most a program may read, in bytes.</param>
    public static ContextLayout Record(int size, MemoryAccess access = MemoryAccess.Read) => new() { Size = size, RecordAccess = access };

    internal bool IsEqualTo(ContextLayout other)
        => this with { Fields = other.Fields, TypeNames = other.TypeNames } == other && Fields.SequenceEqual(other.Fields) && TypeNames.SequenceEqual(other.TypeNames);
}
