using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Skep.Sdk.Model;
using Skep.Sdk.Problems;
using static Skep.Sdk.Reading.ContractNames;

namespace Skep.Sdk.Reading;

/// <summary>Makes a program type's context from a struct.</summary>
internal static class ContextReader
{
    /// <returns>Null where nothing can be generated, which is reported.</returns>
    public static ContextModel? Read(INamedTypeSymbol type, AttributeData attribute, Action<Problem> report)
    {
        if (!Names.IsIdentifier(attribute.Text()))
        {
            report(new Problem(Rules.BadName, attribute.Place(type), attribute.Text(), "struct in C", "use letters, digits and '_', and no word of C"));
        }

        TypePlace? place = TypePlaces.Of(type, "context", report);
        if (!type.IsUnmanagedType || type.IsGenericType)
        {
            report(new Problem(Rules.BadField, type.Locations.FirstOrDefault(), type.Name, type.IsGenericType ? "generic" : "not plain memory", "a context is a struct of numbers and pointers, without type parameters"));
            return null;
        }

        ImmutableArray<string>.Builder fields = ImmutableArray.CreateBuilder<string>();
        Dictionary<string, string> names = [];
        foreach (IFieldSymbol field in type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic && !field.IsConst))
        {
            AttributeData? says = field.Find(ContextFieldAttribute);
            if (says.Get("IsHidden", false))
            {
                continue;
            }

            string name = says.Get("Name", Names.ToC(field.Name.TrimStart('_')));
            if (WhyNot(field, says, name, names) is { } reason)
            {
                report(new Problem(Rules.BadField, field.Locations.FirstOrDefault(), field.Name, reason.What, reason.Way));
                continue;
            }

            names[name] = field.Name;
            fields.Add(Text(field, says, name));
        }

        return place is null ? null : new ContextModel(place, type.Name, Attributes.Literal(attribute.Text()), attribute.Get("HostSize", 0), new(fields.ToImmutable()));
    }

    private static (string What, string Way)? WhyNot(IFieldSymbol field, AttributeData? says, string name, Dictionary<string, string> names)
    {
        string kind = says.Kind() ?? "Scalar";
        bool isPointer = field.Type is IPointerTypeSymbol || field.Type.IsRegister();
        return (field, kind) switch
        {
            _ when field.AssociatedSymbol is not null => ("the storage of a property", "declare it as a field"),
            (_, "Scalar") when field.IsFixedSizeBuffer || !field.Type.IsInteger()
                => ($"{field.Type.Short()}, which is no number", "use a number for each element, say what a pointer points to with [ContextField(ContextFieldKind…)], or hide it with IsHidden"),
            (_, not "Scalar") when !isPointer => ($"{field.Type.Short()}, which holds no pointer", "use a pointer, nint or ulong"),
            (_, "Memory" or "MemoryOrNull") when says.Get("TargetSize", 0) <= 0 && field.Type is not IPointerTypeSymbol { PointedAtType.SpecialType: not SpecialType.System_Void }
                => ("memory of no size", "say its TargetSize, or point to a struct"),
            (_, "Object" or "ObjectOrNull") when says.Get("ObjectType", "").Length == 0 => ("an object without a type", "say its ObjectType"),
            _ when names.TryGetValue(name, out string other) => ($"'{name}' in C, as {other} is", "give one of them another Name"),
            _ when !Names.IsIdentifier(name) => ($"'{name}' in C", "give it a Name of letters, digits and '_'"),
            _ => null,
        };
    }

    private static string Text(IFieldSymbol field, AttributeData? says, string name)
    {
        string kind = says.Kind() ?? "Scalar";
        List<string> members = [];
        if (kind != "Scalar")
        {
            members.Add($"Kind = {Global}ContextFieldKind.{kind}");
        }

        foreach (string access in (string[])["Access", "TargetAccess"])
        {
            if (says.EnumText(access) is { } value)
            {
                members.Add($"{access} = {value}");
            }
        }

        if (kind is "Memory" or "MemoryOrNull")
        {
            int size = says.Get("TargetSize", 0);
            members.Add($"TargetSize = {(size > 0 ? $"{size}" : $"sizeof({((IPointerTypeSymbol)field.Type).PointedAtType.Text()})")}");
        }

        if (says.Get("ObjectType", "") is { Length: > 0 } type)
        {
            members.Add($"ObjectType = {Attributes.Literal(type)}");
        }

        string made = $"new {Global}ContextField({Attributes.Literal(name)}, (int)((byte*)&place->{field.Name} - (byte*)place), sizeof({field.Type.Text()}))";
        return members.Count == 0 ? made : $"{made} {{ {string.Join(", ", members)} }}";
    }
}
