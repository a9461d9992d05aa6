using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Skep.Sdk.Reading;

/// <summary>Reads what attributes say.</summary>
internal static class Attributes
{
    public static AttributeData? Find(this IEnumerable<AttributeData> attributes, string name)
        => attributes.FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == name);

    public static AttributeData? Find(this ISymbol symbol, string name) => symbol.GetAttributes().Find(name);

    /// <summary>The argument of the constructor as text; empty where the source does not say it (yet).</summary>
    public static string Text(this AttributeData attribute) => attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : "";

    public static T Get<T>(this AttributeData? attribute, string property, T otherwise)
        => attribute is not null && attribute.NamedArguments.FirstOrDefault(pair => pair.Key == property).Value is { Kind: not TypedConstantKind.Array, Value: T value } ? value : otherwise;

    public static bool Has(this AttributeData? attribute, string property) => attribute is not null && attribute.NamedArguments.Any(pair => pair.Key == property);

    /// <summary>The name of the enum's member that the constructor got; null where it got none.</summary>
    public static string? Kind(this AttributeData? attribute)
        => attribute?.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Enum } kind ? Members(kind).FirstOrDefault() : null;

    /// <summary>An enum's value as C#; null where the property is not set.</summary>
    public static string? EnumText(this AttributeData? attribute, string property)
    {
        TypedConstant value = attribute?.NamedArguments.FirstOrDefault(pair => pair.Key == property).Value ?? default;
        return value.Kind == TypedConstantKind.Enum ? EnumText(value) : null;
    }

    public static IReadOnlyList<TypedConstant> Elements(this AttributeData? attribute, string property)
    {
        TypedConstant value = attribute?.NamedArguments.FirstOrDefault(pair => pair.Key == property).Value ?? default;
        return value is { Kind: TypedConstantKind.Array, IsNull: false } ? value.Values : [];
    }

    public static string EnumText(TypedConstant value)
    {
        string type = value.Type!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return Members(value) is { Count: > 0 } members ? string.Join(" | ", members.Select(name => $"{type}.{name}")) : $"({type})({value.Value})";
    }

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    public static Location? Place(this AttributeData attribute, ISymbol otherwise)
        => attribute.ApplicationSyntaxReference is { } reference ? Location.Create(reference.SyntaxTree, reference.Span) : otherwise.Locations.FirstOrDefault();

    /// <summary>The member of that value, or the flags that make it up; nothing where none do.</summary>
    private static List<string> Members(TypedConstant value)
    {
        List<(string Name, ulong Value)> members =
            [.. value.Type!.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).Select(field => (field.Name, Bits(field.ConstantValue)))];
        ulong bits = Bits(value.Value);
        if (members.FirstOrDefault(member => member.Value == bits) is { Name: not null } exact)
        {
            return [exact.Name];
        }

        List<(string Name, ulong Value)> flags = [.. members.Where(member => member.Value != 0 && (member.Value & bits) == member.Value)];
        return flags.Aggregate(0ul, (all, flag) => all | flag.Value) == bits ? [.. flags.Select(flag => flag.Name)] : [];
    }

    private static ulong Bits(object? value) => unchecked((ulong)Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
}
