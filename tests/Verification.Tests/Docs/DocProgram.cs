using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;

namespace Skep.Verification.Tests.Docs;

/// <summary>A program of a page: an entry of the corpus, with what only pages need.</summary>
/// <param name="Functions">A function table in the place of the one that is found; null leaves it.</param>
/// <param name="Proof">What the program type asks for.</param>
internal sealed record DocProgram(CorpusEntry Entry, Limits Limits, ImmutableArray<FunctionSpec>? Functions, Proof Proof);

/// <summary>
/// Reads the programs of pages. Their headers are the corpus' (type, flags, func, kernel) and <c>limits: Member=Value …</c> (members of <see cref="Limits"/>),
/// <c>functions: name@start+length …</c>, <c>proof: structure</c>.
/// </summary>
internal static partial class DocProgramReader
{
    /// <param name="place">File and line, for errors.</param>
    /// <param name="isAccepted">Otherwise the page's finding is expected.</param>
    internal static DocProgram Read(string place, string page, string text, bool isAccepted)
    {
        Limits limits = Limits.Default;
        ImmutableArray<FunctionSpec>? functions = null;
        var proof = Proof.Full;
        var headers = new List<string>();
        string[] lines = text.Split('\n');
        int end = Array.IndexOf(lines, "---");
        if (end < 0)
        {
            throw new FormatException($"{place}: the program has no '---' before it");
        }

        foreach (string line in lines[..end])
        {
            string value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            switch (line.Split(':')[0])
            {
                case "limits":
                    limits = value.Split(' ').Aggregate(limits, (changed, limit) => With(place, changed, limit));
                    break;
                case "functions":
                    functions = [.. FunctionSyntax().Matches(value).Select(ToFunction)];
                    break;
                case "proof":
                    proof = Enum.Parse<Proof>(value, ignoreCase: true);
                    break;
                default:
                    headers.Add(line);
                    break;
            }
        }

        bool hasKernel = headers.Exists(header => header.StartsWith("kernel:", StringComparison.Ordinal));
        string reason = hasKernel ? "reason: not safety: the page says it\n" : "";
        string entry = $"=== {page} {(isAccepted ? "mended" : "refused")}\n{string.Concat(headers.Select(header => header + "\n"))}expect: {(isAccepted ? "accept" : page)}\n{reason}---\n{string.Join('\n', lines[(end + 1)..])}\n";
        return new DocProgram(CorpusReader.Read(page, entry).Single(), limits, functions, proof);
    }

    private static FunctionSpec ToFunction(Match match) => new(
        match.Groups["name"].Value,
        new SlotIndex(int.Parse(match.Groups["start"].Value, CultureInfo.InvariantCulture)),
        int.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture),
        FunctionLinkage.Static,
        null);

    private static Limits With(string place, Limits limits, string text)
    {
        string[] parts = text.Split('=');
        int number = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return parts[0] switch
        {
            nameof(Limits.MaxInstructions) => limits with { MaxInstructions = number },
            nameof(Limits.MaxFunctions) => limits with { MaxFunctions = number },
            nameof(Limits.MaxFindings) => limits with { MaxFindings = number },
            nameof(Limits.MaxVisitedInstructions) => limits with { MaxVisitedInstructions = number },
            nameof(Limits.MaxPendingBranches) => limits with { MaxPendingBranches = number },
            nameof(Limits.MaxVerifierStates) => limits with { MaxVerifierStates = number },
            nameof(Limits.MaxVerifierBytes) => limits with { MaxVerifierBytes = number },
            nameof(Limits.MaxVerificationTime) => limits with { MaxVerificationTime = TimeSpan.FromSeconds(number) },
            _ => throw new FormatException($"{place}: no page lowers the limit {parts[0]}"),
        };
    }

    [GeneratedRegex(@"(?<name>\w+)@(?<start>\d+)\+(?<length>\d+)")]
    private static partial Regex FunctionSyntax();
}
