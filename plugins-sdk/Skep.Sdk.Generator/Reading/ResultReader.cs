using Microsoft.CodeAnalysis;
using Skep.Sdk.Problems;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>A result, read.</summary>
/// <param name="Descriptor">The expression that makes it.</param>
/// <param name="Statements">What a stub does, with <c>{0}</c> for the call.</param>
internal sealed record ResultCode(string Descriptor, IReadOnlyList<string> Statements);

/// <summary>Makes a HelperResult, and what puts it into R0, from a return type.</summary>
internal static class ResultReader
{
    private const string Void = "Void";
    private const string Integer = "Integer";

    /// <returns>Null where it cannot be expressed, which is reported.</returns>
    public static ResultCode? Read(IMethodSymbol method, bool hasMap, Action<Problem> report)
    {
        AttributeData? attribute = method.GetReturnTypeAttributes().Find(ResultAttribute);
        ITypeSymbol type = method.ReturnType;
        string? kind = attribute.Kind() ?? KindOf(type);
        Location? place = method.Locations.FirstOrDefault();
        if (method.ReturnsByRef || method.ReturnsByRefReadonly || (!type.IsInteger() && !type.IsContract("MapValueRef") && type.SpecialType != SpecialType.System_Void && type is not IPointerTypeSymbol))
        {
            report(new Problem(Rules.BadResult, place, method.Name, type.Short(), "return a number, an enum, bool, Errno, MapValueRef, a pointer with [return: Result(…)], or nothing; give more through an 'out' parameter"));
            return null;
        }

        if (kind is null || (kind is not (Integer or Void) && !CanHoldPointer(type)) || (kind == Integer && !type.IsInteger()) || (kind != Void && type.SpecialType == SpecialType.System_Void))
        {
            report(new Problem(Rules.BadResult, place, method.Name, type.Short(), "say with [return: Result(HelperResultKind…)] what it is; pointers are nint, ulong or T*"));
            return null;
        }

        if (kind.StartsWith("MapValue", StringComparison.Ordinal) && !hasMap)
        {
            report(new Problem(Rules.NoMap, place, method.Name));
            return null;
        }

        (long Minimum, long Maximum) range = (attribute.Get("Minimum", RangeOf(type).Minimum), attribute.Get("Maximum", RangeOf(type).Maximum));
        if (range.Minimum > range.Maximum)
        {
            report(new Problem(Rules.BadRange, place, method.Name, range.Minimum, range.Maximum));
            return null;
        }

        return new ResultCode(Text(kind, type, attribute, range), Statements(type));
    }

    private static string? KindOf(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Void } => Void,
        _ when type.IsContract("MapValueRef") => "MapValueOrNull",
        _ when type.IsInteger() => Integer,
        _ => null,
    };

    private static bool CanHoldPointer(ITypeSymbol type) => type is IPointerTypeSymbol || type.IsRegister() || type.IsContract("MapValueRef");

    private static (long Minimum, long Maximum) RangeOf(ITypeSymbol type) => type switch
    {
        // Errno is its own: 0, or a negative number of which Linux has 4095 (MAX_ERRNO of linux/err.h).
        _ when type.IsContract("Errno") => (-4095, 0),
        INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } number } => RangeOf(number),
        { SpecialType: SpecialType.System_Boolean } => (0, 1),
        { SpecialType: SpecialType.System_SByte } => (sbyte.MinValue, sbyte.MaxValue),
        { SpecialType: SpecialType.System_Byte } => (0, byte.MaxValue),
        { SpecialType: SpecialType.System_Int16 } => (short.MinValue, short.MaxValue),
        { SpecialType: SpecialType.System_UInt16 or SpecialType.System_Char } => (0, ushort.MaxValue),
        { SpecialType: SpecialType.System_Int32 } => (int.MinValue, int.MaxValue),
        { SpecialType: SpecialType.System_UInt32 } => (0, uint.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    private static string Text(string kind, ITypeSymbol type, AttributeData? attribute, (long Minimum, long Maximum) range)
    {
        List<string> members = [];
        if (kind == Integer && range != (long.MinValue, long.MaxValue))
        {
            members.Add($"Range = new {Global}ReturnRange({Number(range.Minimum)}, {Number(range.Maximum)})");
        }

        if (attribute.Get("IsBoundedBySize", false))
        {
            members.Add("IsBoundedBySize = true");
        }

        int size = attribute.Get("FixedSize", 0);
        if (size > 0 || (kind == "MemoryOrNull" && type is IPointerTypeSymbol { PointedAtType.SpecialType: not SpecialType.System_Void }))
        {
            members.Add($"FixedSize = {(size > 0 ? $"{size}" : $"sizeof({((IPointerTypeSymbol)type).PointedAtType.Text()})")}");
        }

        if (attribute.EnumText("Access") is { } access)
        {
            members.Add($"Access = {access}");
        }

        AddText(members, "ObjectType", attribute.Get<string?>("ObjectType", null));
        AddText(members, "ReleasedBy", attribute.Get<string?>("ReleasedBy", null));
        string? number = kind == Integer && !type.IsContract("Errno") && type.CNumber() is not "__s64" ? type.CNumber() : null;
        AddText(members, "CType", attribute.Get("CType", number));
        string text = $"new {Global}HelperResult({Global}HelperResultKind.{kind})";
        return members.Count == 0 ? text : $"{text} {{ {string.Join(", ", members)} }}";
    }

    private static void AddText(List<string> members, string name, string? value)
    {
        if (value is not null)
        {
            members.Add($"{name} = {Attributes.Literal(value)}");
        }
    }

    private static string Number(long value) => value switch
    {
        long.MinValue => "long.MinValue",
        long.MaxValue => "long.MaxValue",
        _ => $"{value}",
    };

    private static IReadOnlyList<string> Statements(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Void } => ["{0};", "return 0;"],
        { SpecialType: SpecialType.System_Boolean } => ["return {0} ? 1UL : 0UL;"],
        _ when type.IsContract("MapValueRef") => ["return unchecked((ulong){0}.Address);"],
        _ when type.IsContract("Errno") => [$"return {Global}ErrnoExtensions.ToProgram({{0}});"],
        _ => ["return unchecked((ulong){0});"],
    };
}
