using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Skep.Programs;

namespace Skep.TestPrograms.Corpus;

/// <summary>A parameter: <c>struct mem8 *p __arg_nonnull</c>.</summary>
/// <param name="Tag">What libbpf's <c>__arg_…</c> stands for (<c>nonnull</c>, <c>ctx</c>, …); null without one.</param>
public sealed record SignatureParameter(string Type, string Name, string? Tag);

/// <summary>A function's C declaration, after its linkage: <c>global int f(u64 a, void *ctx __arg_ctx)</c>.</summary>
/// <param name="Name">The label that the function begins at.</param>
public sealed partial record FunctionSignature(
    FunctionLinkage Linkage, string Return, string Name, ImmutableArray<SignatureParameter> Parameters)
{
    /// <summary>What a function is taken to be that the entry says nothing of.</summary>
    public static FunctionSignature Default(string name) => new(
        FunctionLinkage.Static, "u64", name, [.. Enumerable.Range(1, 5).Select(number => new SignatureParameter("u64", $"r{number}", null))]);

    /// <returns>Null where the text is no declaration.</returns>
    public static FunctionSignature? Parse(string text)
    {
        Match match = Declaration.Match(text);
        if (!match.Success)
        {
            return null;
        }

        var parameters = ImmutableArray.CreateBuilder<SignatureParameter>();
        foreach (string parameter in match.Groups["parameters"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (parameter == "void" || Parameter.Match(parameter) is not { Success: true } parts)
            {
                return null;
            }

            parameters.Add(new SignatureParameter(
                Compact(parts.Groups["type"].Value), parts.Groups["name"].Value, parts.Groups["tag"] is { Success: true } tag ? tag.Value : null));
        }

        string returned = Compact(match.Groups["return"].Value);
        return new FunctionSignature(
            match.Groups["linkage"].Value == "global" ? FunctionLinkage.Global : FunctionLinkage.Static,
            returned.Length == 0 ? "u64" : returned,
            match.Groups["name"].Value,
            parameters.ToImmutable());
    }

    // "struct mem8 *" and "mem8*" are the same type.
    private static string Compact(string type) => type.Replace("struct ", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?<linkage>static|global)\s+(?<return>(?:struct\s+)?\w+(?:\s*\*+\s*|\s+))?(?<name>\w+)\((?<parameters>[^()]*)\)$")]
    private static partial Regex Declaration { get; }

    [GeneratedRegex(@"^(?<type>(?:struct\s+)?\w+(?:\s*\*+\s*|\s+))(?<name>\w+)(?:\s+__arg_(?<tag>\w+))?$")]
    private static partial Regex Parameter { get; }
}
