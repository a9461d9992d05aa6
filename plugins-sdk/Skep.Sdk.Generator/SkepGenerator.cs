using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Skep.Sdk.Model;
using Skep.Sdk.Problems;
using Skep.Sdk.Reading;
using Skep.Sdk.Writing;

namespace Skep.Sdk;

/// <summary>
/// Makes helper sets of classes and contexts of structs. What cannot be expressed is left out here and told by <see cref="SkepAnalyzer"/>, which reads with the same code.
/// </summary>
[Generator]
public sealed class SkepGenerator : IIncrementalGenerator
{
    /// <summary>The names of the steps, for who looks at what was done again.</summary>
    internal const string Sets = "HelperSets";
    internal const string Contexts = "ProgramContexts";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<HelperSetModel> sets = context.SyntaxProvider.ForAttributeWithMetadataName(
                ContractNames.HelperSetAttribute,
                static (node, _) => node is ClassDeclarationSyntax or RecordDeclarationSyntax,
                static (found, _) => HelperSetReader.Read((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], Ignore))
            .Where(static set => set is not null)
            .Select(static (set, _) => set!)
            .WithTrackingName(Sets);
        context.RegisterSourceOutput(sets, static (output, set) => output.AddSource(set.Place.FileName, HelperSetWriter.Write(set)));

        IncrementalValuesProvider<ContextModel> contexts = context.SyntaxProvider.ForAttributeWithMetadataName(
                ContractNames.ProgramContextAttribute,
                static (node, _) => node is StructDeclarationSyntax or RecordDeclarationSyntax,
                static (found, _) => ContextReader.Read((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], Ignore))
            .Where(static layout => layout is not null)
            .Select(static (layout, _) => layout!)
            .WithTrackingName(Contexts);
        context.RegisterSourceOutput(contexts, static (output, layout) => output.AddSource(layout.Place.FileName, ContextWriter.Write(layout)));
    }

    private static void Ignore(Problem problem)
    {
    }
}
