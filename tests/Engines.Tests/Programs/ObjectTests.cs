using Skep.Engines.Tests.Harness;
using Skep.Loading;
using Skep.Programs;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification;

namespace Skep.Engines.Tests.Programs;

/// <summary>Programs as people write them, in all builds of both compilers: every engine does the same.</summary>
public sealed class ObjectTests(ITestOutputHelper output)
{
    private const int Inputs = 3;

    [Fact]
    public void Samples_do_the_same_on_every_engine() => Check(Directory.EnumerateFiles(Repository.Samples, "*.bpf.o", SearchOption.AllDirectories).Order(StringComparer.Ordinal), least: 4);

    [Fact]
    public void Real_programs_do_the_same_on_every_engine()
    {
        Assert.SkipUnless(RealPrograms.Objects.Length > 0, RealPrograms.Problem);
        Check(Sample.Of(RealPrograms.Objects), least: Sample.Of(300));
    }

    private void Check(IEnumerable<string> objects, int least)
    {
        var problems = new List<string>();
        int programs = 0;
        long compared = 0;
        long stackDependent = 0;
        foreach (string path in objects)
        {
            ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
            if (!TestMaps.Have(spec.Maps))
            {
                continue;
            }

            using var world = new World(spec.Maps);
            using var comparison = new Comparison(world, Comparison.DefaultLimits);
            foreach (ProgramSpec candidate in spec.Programs)
            {
                string type = ProgramVerdicts.TypeOf(candidate.Section).Type;
                if (!TestProgramTypes.Names.Contains(type) || !comparison.Load(candidate, HostTypes.Find(type), VerificationPolicy.Default).IsSuccess || !comparison.IsProved)
                {
                    continue;
                }

                programs++;
                if (Run(comparison, world) is { } problem)
                {
                    problems.Add($"{Path.GetFileName(path)}:{candidate.Name} {problem}");
                }
            }

            compared += comparison.Compared;
            stackDependent += comparison.StackDependent;
        }

        output.WriteLine($"{programs} programs, {compared} comparisons, {stackDependent} tell their stack");
        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems)}");
        Assert.InRange(programs, least, int.MaxValue);
    }

    private static string? Run(Comparison comparison, World world)
    {
        for (ulong input = 0; input < Inputs; input++)
        {
            ulong seed = input;
            if (comparison.Compare(() => world.Reset(seed)) is { } problem)
            {
                return $"(input {input}): {problem}";
            }
        }

        return null;
    }
}
