using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Skep.Sdk.Problems;
using Skep.Sdk.Reading;

namespace Skep.Sdk;

/// <summary>Tells what <see cref="SkepGenerator"/> cannot express, and the way out.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SkepAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [.. typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<DiagnosticDescriptor>()];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
        context.RegisterSymbolAction(AnalyzeMethod, SymbolKind.Method);
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        void Report(Problem problem) => context.ReportDiagnostic(problem.ToDiagnostic());
        if (type.Find(ContractNames.HelperSetAttribute) is { } set)
        {
            HelperSetReader.Read(type, set, Report);
        }

        if (type.Find(ContractNames.ProgramContextAttribute) is { } layout)
        {
            ContextReader.Read(type, layout, Report);
        }
    }

    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        ISymbol method = context.Symbol;
        if (method.ContainingType is { } type && method.Find(ContractNames.HelperAttribute) is not null && type.Find(ContractNames.HelperSetAttribute) is null)
        {
            context.ReportDiagnostic(new Problem(Rules.NotInSet, method.Locations.FirstOrDefault(), method.Name, type.Name).ToDiagnostic());
        }
    }
}
