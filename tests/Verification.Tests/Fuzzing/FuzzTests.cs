using System.Collections.Immutable;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Generation;
using Skep.TestPrograms.Objects;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Verification.Tests.Fuzzing;

/// <summary>Short runs of the fuzzers; README.md tells how to make them longer, and what longer ones found.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_is_accepted_that_the_kernel_refuses_for_safety()
    {
        Assert.SkipUnless(LiveKernel.IsAvailable(out string reason), reason);
        using var fuzzer = new VerdictFuzzer(FuzzSettings.Seed);
        fuzzer.Run(FuzzSettings.Start());
        output.WriteLine(fuzzer.Summary());
        Assert.True(fuzzer.Problems.Count == 0, string.Join("\n\n", fuzzer.Problems));
        Assert.NotEqual(0, fuzzer.Programs);
    }

    [Fact]
    public void What_is_accepted_runs_as_was_proved()
    {
        using KernelSide? kernel = LiveKernel.IsAvailable(out _) ? new KernelSide() : null;
        using var fuzzer = new RunFuzzer(FuzzSettings.Seed, kernel);
        fuzzer.Run(FuzzSettings.Start());
        output.WriteLine(fuzzer.Summary());
        Assert.True(fuzzer.Problems.Count == 0, string.Join("\n\n", fuzzer.Problems));
        Assert.NotEqual(0, fuzzer.Accepted);
    }

    [Fact]
    public void Broken_programs_are_refused_or_run_right()
    {
        ImmutableArray<string> objects = [.. Directory.EnumerateFiles(Samples(), "*.bpf.o", SearchOption.AllDirectories).Order(StringComparer.Ordinal), .. RealPrograms.Objects];
        using var fuzzer = new ObjectFuzzer(FuzzSettings.Seed, objects);
        fuzzer.Run(FuzzSettings.Start());
        output.WriteLine(fuzzer.Summary());
        Assert.True(fuzzer.Problems.Count == 0, string.Join("\n\n", fuzzer.Problems));
        Assert.NotEqual(0, fuzzer.Programs);
    }

    internal static string Samples() => Repository.Samples;
}
