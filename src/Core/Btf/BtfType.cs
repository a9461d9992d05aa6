using System.Collections.Immutable;

namespace Skep.Btf;

/// <summary>A node of the type graph (Documentation/bpf/btf.rst). Anonymous types have an empty name.</summary>
public abstract record BtfType(string Name);

public sealed record BtfVoid() : BtfType("void");

/// <summary>How an integer is meant to be read.</summary>
[Flags]
public enum BtfIntegerEncoding : byte
{
    None = 0,
    Signed = 1,
    Char = 2,
    Boolean = 4,
}

/// <param name="Size">In bytes.</param>
/// <param name="BitOffset">Of the value within its bytes.</param>
/// <param name="Bits">Of the value; at most 128.</param>
public sealed record BtfInteger(string Name, uint Size, BtfIntegerEncoding Encoding, byte BitOffset, byte Bits) : BtfType(Name);

public sealed record BtfFloat(string Name, uint Size) : BtfType(Name);

public sealed record BtfPointer(BtfTypeId Target) : BtfType("");

public sealed record BtfArray(BtfTypeId Element, BtfTypeId Index, uint Count) : BtfType("");

/// <param name="BitOffset">From the start of the struct.</param>
/// <param name="BitSize">Of a bit field; 0 for an ordinary member.</param>
public sealed record BtfMember(string Name, BtfTypeId Type, uint BitOffset, uint BitSize);

/// <summary>A struct, or a union when <paramref name="IsUnion"/>.</summary>
/// <param name="Size">In bytes.</param>
public sealed record BtfStruct(string Name, bool IsUnion, uint Size, ImmutableArray<BtfMember> Members) : BtfType(Name);

/// <param name="Value">Sign- or zero-extended by the enum's signedness.</param>
public sealed record BtfEnumValue(string Name, long Value);

/// <summary>An enum of 32 or 64 bits (<c>ENUM</c>, <c>ENUM64</c>).</summary>
public sealed record BtfEnum(string Name, uint Size, bool IsSigned, ImmutableArray<BtfEnumValue> Values) : BtfType(Name);

public sealed record BtfForward(string Name, bool IsUnion) : BtfType(Name);

public sealed record BtfTypedef(string Name, BtfTypeId Target) : BtfType(Name);

public enum BtfQualifier : byte
{
    Const,
    Volatile,
    Restrict,
}

public sealed record BtfQualified(BtfQualifier Qualifier, BtfTypeId Target) : BtfType("");

/// <summary>A <c>btf_type_tag</c> attribute around a type.</summary>
public sealed record BtfTypeTag(string Tag, BtfTypeId Target) : BtfType(Tag);

/// <summary>A <c>btf_decl_tag</c> attribute on a declaration, or on one of its members or parameters.</summary>
/// <param name="Component">The member's or parameter's index; -1 for the declaration itself.</param>
public sealed record BtfDeclarationTag(string Tag, BtfTypeId Target, int Component) : BtfType(Tag);

public sealed record BtfParameter(string Name, BtfTypeId Type);

public sealed record BtfFunctionPrototype(BtfTypeId Return, ImmutableArray<BtfParameter> Parameters, bool IsVariadic) : BtfType("");

public sealed record BtfFunction(string Name, BtfTypeId Prototype, Programs.FunctionLinkage Linkage) : BtfType(Name);

public sealed record BtfVariable(string Name, BtfTypeId Type, Programs.FunctionLinkage Linkage) : BtfType(Name);

/// <param name="Offset">Of the variable within its section, in bytes.</param>
public sealed record BtfSectionVariable(BtfTypeId Variable, uint Offset, uint Size);

public sealed record BtfDataSection(string Name, uint Size, ImmutableArray<BtfSectionVariable> Variables) : BtfType(Name);
