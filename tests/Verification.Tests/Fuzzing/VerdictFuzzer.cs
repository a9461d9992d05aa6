using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Generation;
using Skep.TestPrograms.Registries;

namespace Skep.Verification.Tests.Fuzzing;

/// <summary>Generated programs on both verifiers. Skep may accept nothing that the kernel refuses for safety.</summary>
internal sealed class VerdictFuzzer(ulong seed) : IDisposable
{
    private const int Batch = 256;
    private const int MostProblems = 5;

    private static readonly Limits Limits = Limits.Default with { MaxVisitedInstructions = 50_000, MaxVerifierStates = 20_000 };

    private static readonly string[] Statistics = ["processed ", "verification time ", "stack depth ", "arg#0 "];

    private readonly KernelSide _kernel = new();
    private readonly System.Collections.Immutable.ImmutableDictionary<string, LoadedMap> _maps = TestMaps.Load(CorpusMaps.All);
    private readonly SortedDictionary<string, (int Count, string Sample)> _stricter = [];
    private readonly SortedDictionary<string, (int Count, string Sample)> _peculiar = [];
    private readonly Dictionary<string, int> _refused = [];
    private readonly List<string> _problems = [];
    private int _bothAccept;
    private int _bothRefuse;
    private int _long;
    private long _ours;
    private long _theirs;

    public long Programs { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    public void Dispose() => _kernel.Dispose();

    public void Run(Func<long, bool> goesOn)
    {
        while (goesOn(Programs) && _problems.Count < MostProblems)
        {
            GeneratedProgram[] programs = [.. Enumerable.Range(0, Batch).Select(i => new ProgramGenerator(seed + (ulong)Programs + (ulong)i).Make())];
            Compare([.. programs.Where(program => !program.Flags.HasFlag(CorpusFlags.Unprivileged))]);
            ReducedRights.Run(() =>
            {
                Compare([.. programs.Where(program => program.Flags.HasFlag(CorpusFlags.Unprivileged))]);
                return 0;
            });
            Programs += Batch;
        }
    }

    public string Summary()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Programs} programs: both accept {_bothAccept}, both refuse {_bothRefuse}, {_long} take too long and only one was asked, only the kernel {_stricter.Values.Sum(entry => entry.Count)}, only Skep {_peculiar.Values.Sum(entry => entry.Count)}, problems {_problems.Count}; {_ours / (double)Stopwatch.Frequency:F1} s in Skep, {_theirs / (double)Stopwatch.Frequency:F1} s in the kernel");
        text.AppendLine(CultureInfo.InvariantCulture, $"  both refuse: {string.Join(", ", _refused.OrderByDescending(entry => entry.Value).Take(12).Select(entry => $"{entry.Key} {entry.Value}"))}");
        foreach ((string key, (int count, string sample)) in _stricter.Concat(_peculiar))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {count,6} {key}").AppendLine(CultureInfo.InvariantCulture, $"         e.g. {sample}");
        }

        return text.ToString();
    }

    internal Result<VerifiedProgram> AskSkep(GeneratedProgram program) => AskSkep(program, program.Assemble());

    private Result<VerifiedProgram> AskSkep(GeneratedProgram program, CorpusProgram assembled)
    {
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, Limits).Link(
            assembled.ToSpec(program.Entry), TestProgramTypes.Find(program.Type, program.Flags.HasFlag(CorpusFlags.Strict)), _maps);
        return linked.IsSuccess
            ? Verifier.Verify(linked.Value, Limits, program.Entry.Policy)
            : Result<VerifiedProgram>.Failure(linked.Findings);
    }

    private KernelLoadResult AskKernel(GeneratedProgram program, CorpusProgram assembled)
    {
        KernelLoadResult result = _kernel.Load(program.Entry, assembled, KernelLogLevel.Stats);
        result.Program?.Dispose();
        return result;
    }

    private void Compare(GeneratedProgram[] programs)
    {
        foreach (GeneratedProgram program in programs)
        {
            CorpusProgram assembled = program.Assemble();
            long start = Stopwatch.GetTimestamp();
            Result<VerifiedProgram> ours = AskSkep(program, assembled);
            long middle = Stopwatch.GetTimestamp();
            if (!ours.IsSuccess && TakesLong(ours.Findings[0].Rule))
            {
                // The kernel takes a second or two for such, mostly to no end.
                _ours += middle - start;
                _long++;
                continue;
            }

            KernelLoadResult theirs = AskKernel(program, assembled);
            _ours += middle - start;
            _theirs += Stopwatch.GetTimestamp() - middle;
            _bothAccept += ours.IsSuccess && theirs.IsAccepted ? 1 : 0;
            if (!ours.IsSuccess && !theirs.IsAccepted)
            {
                _bothRefuse++;
                string rule = ours.Findings[0].Rule.Id;
                _refused[rule] = _refused.GetValueOrDefault(rule) + 1;
            }

            if (theirs.IsAccepted && !ours.IsSuccess)
            {
                Finding finding = ours.Findings[0];
                Count(_stricter, $"only the kernel accepts: {finding.Rule.Id}", finding.Message, program);
            }
            else if (ours.IsSuccess && !theirs.IsAccepted)
            {
                Judge(program, assembled, ours.Value, theirs);
            }
        }
    }

    private void Judge(GeneratedProgram program, CorpusProgram assembled, VerifiedProgram verified, KernelLoadResult refused)
    {
        string complaint = Complaint(refused);
        if (ReasonFor(program, assembled, verified, refused) is { } reason)
        {
            Count(_peculiar, $"only Skep accepts: {reason}", complaint, program);
            return;
        }

        GeneratedProgram smallest = Minimizer.Minimize(program, candidate => IsProblem(candidate));
        string last = Complaint(AskKernel(smallest, smallest.Assemble()));
        _problems.Add($"the kernel refuses: {complaint}\nand of the smallest: {last}\n{smallest.ToText()}");
    }

    /// <returns>Why Skep may accept it; null where that is unsound.</returns>
    private string? ReasonFor(GeneratedProgram program, CorpusProgram assembled, VerifiedProgram verified, KernelLoadResult refused)
    {
        if (KernelPeculiarities.ReasonFor(program, Complaint(refused)) is { } reason)
        {
            return reason;
        }

        // Where control never comes by what was proved is looked at by running programs.
        KernelLoadResult atLength = _kernel.Load(program.Entry, assembled, KernelLogLevel.Level1);
        atLength.Program?.Dispose();
        Match last = Regex.Matches(atLength.Log, @"^(\d+): \(", RegexOptions.Multiline).LastOrDefault() ?? Match.Empty;
        return last.Success && int.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture) is var slot && slot < verified.Facts.Visited.Length && !verified.Facts.Visited[slot]
            ? "the kernel walks on where control never comes"
            : null;
    }

    private bool IsProblem(GeneratedProgram program)
    {
        CorpusProgram assembled = program.Assemble();
        Result<VerifiedProgram> ours = AskSkep(program, assembled);
        return ours.IsSuccess && AskKernel(program, assembled) is { IsAccepted: false } refused && ReasonFor(program, assembled, ours.Value, refused) is null;
    }

    private static bool TakesLong(Rule rule)
        => rule == PathRules.TooManyVisited || rule == PathRules.TooManyStates || rule == PathRules.TooMuchMemory || rule == PathRules.TooManyBranches;

    /// <summary>The last lines of the log: a complaint may have some more behind it.</summary>
    private static string Complaint(KernelLoadResult result) => string.Join(
        " | ", result.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(6).Where(line => !Statistics.Any(start => line.StartsWith(start, StringComparison.Ordinal)) && !line.EndsWith("is not a scalar", StringComparison.Ordinal)));

    /// <summary>Counts, and keeps the shortest program as an example where SKEP_FUZZ_SAMPLES names a folder.</summary>
    private static void Count(SortedDictionary<string, (int Count, string Sample)> table, string key, string sample, GeneratedProgram program)
    {
        (int count, string known) = table.GetValueOrDefault(key, (0, sample));
        table[key] = (count + 1, known);
        if (Environment.GetEnvironmentVariable("SKEP_FUZZ_SAMPLES") is { Length: > 0 } folder && count < 20)
        {
            File.WriteAllText(Path.Combine(folder, $"{key.Split(':')[^1].Trim().Replace(' ', '_')[..Math.Min(20, key.Split(':')[^1].Trim().Length)]}.{count}.txt"), $"{sample}\n{program.ToText()}");
        }
    }
}
