using Skep.Engines.Tests.Harness;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Generation;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Engines.Tests.Fuzzing;

/// <summary>A short run of the fuzzer; README.md tells how to make it longer, and what longer ones found.</summary>
public sealed class EngineFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_engine_does_what_the_interpreter_does()
    {
        using KernelSide? kernel = LiveKernel.IsAvailable(out _) ? new KernelSide() : null;
        using var fuzzer = new EngineFuzzer(FuzzSettings.Seed, EnginesOfChoice(), kernel);
        fuzzer.Run(FuzzSettings.Start());
        output.WriteLine(fuzzer.Summary());
        Assert.True(fuzzer.Problems.Count == 0, string.Join("\n\n", fuzzer.Problems));
        Assert.NotEqual(0, fuzzer.Accepted);
    }

    /// <summary>SKEP_ENGINES_ONLY: names of engines, by commas.</summary>
    private static System.Collections.Immutable.ImmutableArray<EngineUnderTest> EnginesOfChoice()
        => Environment.GetEnvironmentVariable("SKEP_ENGINES_ONLY") is { } names ? [.. Harness.Engines.All.Where(engine => names.Split(',').Contains(engine.Name))] : Harness.Engines.All;
}
