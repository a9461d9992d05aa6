using Skep.Hosting;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Benchmarks.Engines;

/// <summary>C programs in every engine, beside the kernel's JIT and the same C compiled for this machine.</summary>
internal static class EngineSuite
{
    public static readonly Suite Suite = new("engines", "C programs in every engine, beside the kernel's JIT and clang -O2", Run);

    private const string Method = """
        Each program is one C file, compiled by clang -O2 for eBPF (-mcpu=v3) and for this machine. Engines are timed as LoadedProgram.Run on a context that is ready, the kernel
        as BPF_PROG_TEST_RUN with repeat, native code in a loop of C; all in turn. Times are medians, in ns a run. Results are compared before anything is timed.
        `best` is one engine for all programs: the one whose times have the lowest geometric mean, which is what a host would choose. `fastest` takes for each program
        the engine that is fastest there, which no host knows beforehand; it is shown and counts for nothing.

        """;

    private static void Run(Harness harness, TextWriter output)
    {
        if (Compiler.Build(out string problem) is not { } built)
        {
            output.WriteLine($"engines: not here ({problem})");
            return;
        }

        bool hasKernel = LiveKernel.IsAvailable(out string obstacle);
        using SkepHost host = BenchmarkHost.Create();
        using var library = new NativeLibraryHandle(built.Library);
        string[] engines = BenchmarkHost.Engines(host);
        Interleaved interleaved = Interleaved.For(harness);
        EngineRow Measure(string program) => EngineRow.Measure(program, built.Objects[program], library, host, engines, hasKernel, interleaved);

        // Once for nothing: methods that all programs run get their last tier here.
        _ = EngineRow.Measure(built.Objects.Keys.First(), built.Objects.Values.First(), library, host, engines, hasKernel, interleaved with { WarmUp = harness.WarmUp, Rounds = 1 });
        EngineRow[] rows = [.. built.Objects.Keys.Select(Measure)];
        output.Write(Method);
        output.WriteLine();
        if (!hasKernel)
        {
            output.WriteLine($"The kernel's columns are missing: {obstacle}");
        }

        new EngineTable([.. rows.Where(row => row.Problems.Count == 0)], engines, hasKernel).Write(output);
        foreach (EngineRow failed in rows.Where(row => row.Problems.Count > 0))
        {
            output.WriteLine($"FAILED {failed.Program}: {string.Join("; ", failed.Problems)}");
            Environment.ExitCode = 1;
        }
    }
}
