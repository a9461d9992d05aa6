using System.Diagnostics;
using Skep.Contracts;
using Skep.Loading;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Generation;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification.Tests.Fuzzing;

namespace Skep.Verification.Tests.Optimized;

/// <summary>Optimised programs do what they did before: results, memory, traps and where fuel runs out, on equal inputs; and the validator sees that they do.</summary>
public sealed class OptimizedTests(ITestOutputHelper output)
{
    private const int Inputs = 6;
    private const int MostProblems = 20;

    private readonly List<string> _problems = [];
    private readonly List<string> _doubts = [];
    private int _programs;
    private int _runs;
    private long _slotsBefore;
    private long _slotsAfter;

    /// <summary>Little, so that fuel runs out now and then.</summary>
    private static ulong FuelOf(int program) => program % 3 == 0 ? (ulong)(program % 97) : 5_000;

    [Fact]
    public void Programs_of_the_corpus()
    {
        using var world = new World();
        using var program = new OptimizedProgram(world);
        foreach (CorpusEntry entry in CorpusFixture.Entries.Where(entry => entry.SkepAccepts))
        {
            IProgramType type = HostTypes.Find(entry.Type, entry.Flags.HasFlag(CorpusFlags.Strict));
            Check(program, entry.Name, CorpusProgram.Assemble(entry).ToSpec(entry), type, entry.Policy);
        }

        Report();
    }

    [Fact]
    public void Real_programs()
    {
        foreach (string path in Directory.EnumerateFiles(FuzzTests.Samples(), "*.bpf.o", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Concat(RealPrograms.Objects))
        {

            ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
            if (!TestMaps.Have(spec.Maps))
            {
                continue;
            }

            using var world = new World(spec.Maps);
            using var program = new OptimizedProgram(world);
            foreach (ProgramSpec candidate in spec.Programs)
            {
                string type = ProgramVerdicts.TypeOf(candidate.Section).Type;
                if (TestProgramTypes.Names.Contains(type))
                {
                    Check(program, $"{Path.GetFileName(path)}:{candidate.Name}", candidate, HostTypes.Find(type), VerificationPolicy.Default);
                }
            }
        }

        Report();
    }

    [Fact]
    public void Generated_programs()
    {
        using var world = new World();
        using var program = new OptimizedProgram(world) { VerifierLimits = Runtime.Limits.Default with { MaxVisitedInstructions = 30_000 } };
        var clock = Stopwatch.StartNew();
        TimeSpan length = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("SKEP_OPTIMIZED_SECONDS") ?? "5", System.Globalization.CultureInfo.InvariantCulture));
        ulong first = ulong.Parse(Environment.GetEnvironmentVariable("SKEP_OPTIMIZED_SEED") ?? "1", System.Globalization.CultureInfo.InvariantCulture);
        for (ulong seed = first; clock.Elapsed < length && _problems.Count < MostProblems; seed++)
        {
            GeneratedProgram generated = new ProgramGenerator(seed, isDeterministic: false).Make();
            VerificationPolicy policy = generated.Entry.Policy with { Loops = seed % 5 == 1 ? LoopPolicy.Fuel : LoopPolicy.Refuse };
            Check(program, $"seed {seed}", generated.Assemble().ToSpec(generated.Entry), HostTypes.Find(generated.Type, generated.Flags.HasFlag(CorpusFlags.Strict)), policy);
        }

        // Of arithmetic that nobody writes it cannot prove all; such a program is left as it was.
        Report(mostDoubts: Math.Max(1, _programs / 200));
    }

    private void Check(OptimizedProgram program, string name, ProgramSpec spec, IProgramType type, VerificationPolicy policy)
    {
        if (!program.Load(spec, type, policy, FuelOf(_programs)))
        {
            return;
        }

        _programs++;
        _slotsBefore += program.Faithful.Instructions.Length;
        _slotsAfter += program.Optimized.Instructions.Length;
        if (program.Doubt is { } doubt)
        {
            _doubts.Add($"{name}: {doubt}{Listing(program)}");
        }

        for (ulong input = 0; input < Inputs; input++)
        {
            _runs++;
            if (program.Compare(input) is { } difference)
            {
                _problems.Add($"{name} (input {input}): {difference}{Listing(program)}");
                break;
            }
        }
    }

    private static string Listing(OptimizedProgram program)
    {
        if (program.Faithful.Instructions.Length > 4000)
        {
            return "";
        }

        static string Lines(LoweredProgram lowered) => string.Join('\n', lowered.Instructions.Select((instruction, slot) => $"{slot,5} ({lowered.OriginalSlots[slot]}): {instruction}"));
        return $"\n{Lines(program.Faithful)}\n  became\n{Lines(program.Optimized)}";
    }

    private void Report(int mostDoubts = 0)
    {
        output.WriteLine($"{_programs} programs, {_runs} runs, {_slotsBefore} slots became {_slotsAfter}, {_problems.Count} problems, {_doubts.Count} doubts of the validator");
        Assert.True(_problems.Count == 0, $"{_problems.Count} problems:\n{string.Join('\n', _problems.Take(MostProblems))}");
        Assert.True(_doubts.Count <= mostDoubts, $"{_doubts.Count} doubts:\n{string.Join('\n', _doubts.Take(MostProblems))}");
        Assert.NotEqual(0, _programs);
    }
}
