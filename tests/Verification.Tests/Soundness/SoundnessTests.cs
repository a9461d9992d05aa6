using Skep.Contracts;
using Skep.Findings;
using Skep.Loading;
using Skep.Programs;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification.Tests.Fuzzing;

namespace Skep.Verification.Tests.Soundness;

/// <summary>What the verifier found out of the corpus' programs against what they do.</summary>
public sealed class SoundnessTests
{
    private const int Inputs = 12;
    private const int RealInputs = 3;

    [Fact]
    public void Runs_stay_within_what_was_needed_of_them() => Check(comparesEverything: false);

    [Fact]
    public void Runs_stay_within_all_that_was_found_where_states_are_compared_in_all_they_hold() => Check(comparesEverything: true);

    [Fact]
    public void Runs_of_real_programs_stay_within_what_was_needed_of_them()
    {
        IEnumerable<string> objects = Directory.EnumerateFiles(FuzzTests.Samples(), "*.bpf.o", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Concat(RealPrograms.Objects);
        var problems = new List<string>();
        int runs = 0;
        int programs = 0;
        foreach (string path in objects)
        {
            ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
            if (!TestMaps.Have(spec.Maps))
            {
                continue;
            }

            using var world = new World(spec.Maps);
            using var program = new SoundProgram(world, mostStates: 128);
            foreach (ProgramSpec candidate in spec.Programs)
            {
                string type = ProgramVerdicts.TypeOf(candidate.Section).Type;
                if (!TestProgramTypes.Names.Contains(type) || !program.Load(candidate, HostTypes.Find(type), VerificationPolicy.Default).IsSuccess)
                {
                    continue;
                }

                programs++;
                for (int i = 0; i < RealInputs; i++)
                {
                    SoundRun run = program.Run((ulong)i);
                    runs++;
                    if (run.Problem is not null)
                    {
                        problems.Add($"{Path.GetFileName(path)}:{candidate.Name} (input {i}): {run.Problem}");
                        break;
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs of {programs} programs");
        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems)}");
        Assert.NotEqual(0, programs);
    }

    private static void Check(bool comparesEverything)
    {
        using var world = new World();
        using var program = new SoundProgram(world, mostStates: 512);
        var problems = new List<string>();
        int runs = 0;
        long steps = 0;
        foreach (CorpusEntry entry in CorpusFixture.Entries.Where(entry => entry.SkepAccepts))
        {
            IProgramType type = HostTypes.Find(entry.Type, entry.Flags.HasFlag(CorpusFlags.Strict));
            Result<VerifiedProgram> result = program.Load(CorpusProgram.Assemble(entry).ToSpec(entry), type, entry.Policy with { ComparesEverything = comparesEverything });
            if (!result.IsSuccess)
            {
                // It takes longer, and may take too long.
                continue;
            }

            for (int i = 0; i < Inputs; i++)
            {
                SoundRun run = program.Run((ulong)i);
                runs++;
                steps += run.Steps;
                if (run.Problem is not null)
                {
                    problems.Add($"{entry.Place} {entry.Name} (input {i}): {run.Problem}");
                    break;
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs of {steps} instructions");
        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems)}");
        Assert.InRange(runs, 1000, int.MaxValue);
    }
}
