using Microsoft.CodeAnalysis;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>What types are, for helpers.</summary>
internal static class Types
{
    public static string Text(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static string Short(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    public static bool IsContract(this ITypeSymbol type, string name) => type.ToDisplayString() == Namespace + "." + name;

    public static bool IsInteger(this ITypeSymbol type) => type.TypeKind == TypeKind.Enum || CNumber(type) is not null;

    /// <summary>As wide as a register, so that it may hold a pointer.</summary>
    public static bool IsRegister(this ITypeSymbol type)
        => type.SpecialType is SpecialType.System_UInt64 or SpecialType.System_Int64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

    /// <summary>A number's type in C; null for what is none.</summary>
    public static string? CNumber(this ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } number } => CNumber(number),
        { SpecialType: SpecialType.System_Boolean } => "_Bool",
        { SpecialType: SpecialType.System_SByte } => "__s8",
        { SpecialType: SpecialType.System_Byte } => "__u8",
        { SpecialType: SpecialType.System_Int16 } => "__s16",
        { SpecialType: SpecialType.System_UInt16 or SpecialType.System_Char } => "__u16",
        { SpecialType: SpecialType.System_Int32 } => "__s32",
        { SpecialType: SpecialType.System_UInt32 } => "__u32",
        { SpecialType: SpecialType.System_Int64 or SpecialType.System_IntPtr } => "__s64",
        { SpecialType: SpecialType.System_UInt64 or SpecialType.System_UIntPtr } => "__u64",
        _ => null,
    };

    /// <summary>The element of a span; null for what is none.</summary>
    public static ITypeSymbol? SpanElement(this ITypeSymbol type, out bool isReadOnly)
    {
        isReadOnly = type.Name == "ReadOnlySpan";
        return type is INamedTypeSymbol { IsGenericType: true, Name: "Span" or "ReadOnlySpan" } span && span.ContainingNamespace.ToDisplayString() == "System"
            ? span.TypeArguments[0]
            : null;
    }

    public static bool IsProgramContext(this ITypeSymbol type) => type.Find(ProgramContextAttribute) is not null;

    public static bool IsInvocationPointer(this ITypeSymbol type) => type is IPointerTypeSymbol pointer && pointer.PointedAtType.IsContract("Invocation");
}
