using System.Collections.Immutable;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>What the verifier, the loader and the documentation need to know of a program type; immutable.</summary>
public sealed record ProgramTypeDescriptor
{
    /// <summary>The type's identity, in libbpf's lower-case words (<c>raw_tracepoint</c>) or qualified (<c>acme.web/request</c>).</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for lists.</summary>
    public required string Description { get; init; }

    /// <summary>The kernel's number; null for types that Linux does not have.</summary>
    public ProgramTypeNumber? Number { get; init; }

    /// <summary>Which ELF sections make a program of this type.</summary>
    public ImmutableArray<SectionPrefix> Sections { get; init; } = [];

    public required ContextLayout Context { get; init; }

    /// <summary>What R0 may hold at the end.</summary>
    public ReturnRange Returns { get; init; } = ReturnRange.Any;

    /// <summary>Names of the helper sets whose helpers may be called; empty allows every set that serves this type.</summary>
    public ImmutableArray<string> HelperSets { get; init; } = [];

    /// <summary>
    /// Accesses through packet, map value and memory pointers must be naturally aligned (<c>BPF_F_STRICT_ALIGNMENT</c>); context and stack accesses
    /// always must.
    /// </summary>
    public bool StrictAlignment { get; init; }

    /// <summary>
    /// What must be proved of a program before it may run. With <see cref="Proof.Structure"/> a program that cannot be proved further is accepted with a
    /// warning, and the checked interpreter runs it: for types whose programs are written without a verifier in mind.
    /// </summary>
    public Proof RequiredProof { get; init; } = Proof.Full;

    /// <summary>
    /// Programs may turn pointers into numbers: store them where others can read them, return them, compare and calculate with them. Linux allows
    /// that to holders of CAP_PERFMON; here it is right for types that observe the host anyway.
    /// </summary>
    public bool AllowsPointerLeaks { get; init; }

    /// <summary>
    /// Whether a program that was proved for one of the two is right for the other: all is equal but words for people and sections.
    /// </summary>
    public bool HasContractOf(ProgramTypeDescriptor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other)
            || (Name == other.Name && Number == other.Number && Context.IsEqualTo(other.Context) && Returns == other.Returns && HelperSets.SequenceEqual(other.HelperSets)
                && StrictAlignment == other.StrictAlignment && RequiredProof == other.RequiredProof && AllowsPointerLeaks == other.AllowsPointerLeaks);
    }
}

/// <summary>The program's R0, as signed 32-bit bounds as the kernel states them; <see cref="Any"/> allows all 64 bits.</summary>
public readonly record struct ReturnRange(long Minimum, long Maximum)
{
    public static readonly ReturnRange Any = new(long.MinValue, long.MaxValue);
}

/// <summary>A section name, or the part before its first <c>/</c>, that means a program type.</summary>
/// <param name="Prefix">For example <c>tracepoint</c>; matches <c>tracepoint</c> and <c>tracepoint/…</c>, not <c>tracepoints</c>.</param>
/// <param name="AttachPoint">The attach point that takes the rest of the name as its target; null when such programs are not attached by section.</param>
public sealed record SectionPrefix(string Prefix, string? AttachPoint = null);
