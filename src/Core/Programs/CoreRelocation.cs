using Skep.Btf;

namespace Skep.Programs;

/// <summary>What a CO-RE relocation asks about the target's types (<c>enum bpf_core_relo_kind</c>).</summary>
public enum CoreRelocationKind : uint
{
    FieldByteOffset = 0,
    FieldByteSize = 1,
    FieldExists = 2,
    FieldSigned = 3,
    FieldLeftShift = 4,
    FieldRightShift = 5,
    TypeIdLocal = 6,
    TypeIdTarget = 7,
    TypeExists = 8,
    TypeSize = 9,
    EnumValueExists = 10,
    EnumValue = 11,
    TypeMatches = 12,
}

/// <summary>A compile-once-run-everywhere relocation, as read from BTF.ext.</summary>
/// <param name="Type">The local root type that the access starts from.</param>
/// <param name="AccessSpec">The access path as clang wrote it, for example <c>0:1:2</c>.</param>
public sealed record CoreRelocation(SlotIndex Slot, BtfTypeId Type, string AccessSpec, CoreRelocationKind Kind);
