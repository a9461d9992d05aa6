namespace Skep.Sdk.Reading;

/// <summary>The types of Skep.Core that the generator reads and writes.</summary>
internal static class ContractNames
{
    public const string Namespace = "Skep.Contracts";
    public const string HelperSetAttribute = Namespace + ".HelperSetAttribute";
    public const string HelperAttribute = Namespace + ".HelperAttribute";
    public const string ArgumentAttribute = Namespace + ".ArgumentAttribute";
    public const string ResultAttribute = Namespace + ".ResultAttribute";
    public const string ProgramContextAttribute = Namespace + ".ProgramContextAttribute";
    public const string ContextFieldAttribute = Namespace + ".ContextFieldAttribute";

    /// <summary>For generated code, which says where everything is from.</summary>
    public const string Global = "global::" + Namespace + ".";
}
