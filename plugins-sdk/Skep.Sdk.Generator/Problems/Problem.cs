using Microsoft.CodeAnalysis;

namespace Skep.Sdk.Problems;

/// <summary>Something in a source that cannot be expressed.</summary>
internal sealed record Problem(DiagnosticDescriptor Rule, Location? Location, params object[] Arguments)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, Location ?? Microsoft.CodeAnalysis.Location.None, Arguments);
}
