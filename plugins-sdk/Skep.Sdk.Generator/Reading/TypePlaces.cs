using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Skep.Sdk.Model;
using Skep.Sdk.Problems;

namespace Skep.Sdk.Reading;

/// <summary>Finds where a type's generated members go.</summary>
internal static class TypePlaces
{
    /// <returns>Null where it takes none, which is reported.</returns>
    public static TypePlace? Of(INamedTypeSymbol type, string suffix, Action<Problem> report)
    {
        ImmutableArray<string>.Builder containers = ImmutableArray.CreateBuilder<string>();
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (!IsPartial(current))
            {
                report(new Problem(Rules.NotPartial, current.Locations.FirstOrDefault(), current.Name));
                return null;
            }

            containers.Insert(0, $"partial {Keyword(current)} {current.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat.WithMemberOptions(SymbolDisplayMemberOptions.None)).Split('.').Last()}");
        }

        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        string file = type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat).Replace('<', '{').Replace('>', '}');
        return new TypePlace(space, new(containers.Take(containers.Count - 1).ToImmutableArray()), containers[containers.Count - 1], $"{file}.{suffix}.g.cs");
    }

    private static bool IsPartial(INamedTypeSymbol type)
        => type.DeclaringSyntaxReferences.All(reference => reference.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };
}
