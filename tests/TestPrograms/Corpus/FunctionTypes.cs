using Skep.Btf;

namespace Skep.TestPrograms.Corpus;

/// <summary>The types of a program's functions.</summary>
internal static class FunctionTypes
{
    /// <param name="functions">The function types, in the order of the functions.</param>
    internal static BtfGraph Build(CorpusProgram program, out BtfTypeId[] functions)
    {
        var types = new CorpusTypes();
        functions = [.. program.Functions.Select(function => types.Function(function.Signature))];
        return types.ToGraph();
    }
}
