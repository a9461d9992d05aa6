using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Registries;
using Skep.Verification;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Benchmarks;

/// <summary>The C programs of the verifier's tests, each verified by Skep and by the running kernel in turn.</summary>
internal static class VerifierSuite
{
    public static readonly Suite Suite = new("verifier", "real programs, beside the kernel's verifier", Run);

    // The rows of the table; further variants count in the means only.
    private const string ShownVariant = "clang-19.O2.v3";
    private const string Large = "large_rules";

    private static void Run(Harness harness, TextWriter output)
    {
        (string[] objects, string problem) = RealPrograms.Build(harness == Harness.Quick ? ShownVariant : "*.v3");
        if (objects.Length == 0 || !LiveKernel.IsAvailable(out problem))
        {
            output.WriteLine($"verifier: not here ({problem})");
            return;
        }

        var left = new List<string>();
        var all = new List<Program>();
        foreach (string path in objects)
        {
            Open(path, all, left);
        }

        foreach (Program program in all.Concat(all))
        {
            program.Warm();
        }

        Figures[] figures = [.. all.Select(program => program.Measure(rounds: harness == Harness.Quick ? 9 : 21)).Where(figures => figures.IsComparable || Note(figures, left))];
        foreach (Program program in all)
        {
            program.Dispose();
        }

        Table.Write(
            output, ["program", "instructions", "visited", "kernel", "ratio", "µs", "kernel", "ratio", "best", "states", "kernel", "state KiB", "allocated KiB"],
            [.. figures.Where(row => row.Variant == ShownVariant).Select(row => row.Cells)]);
        output.WriteLine();
        WriteMeans(figures, output);
        output.WriteLine($"left out: {(left.Count == 0 ? "none" : string.Join("; ", left))}");
    }

    private static bool Note(Figures figures, List<string> left)
    {
        left.Add($"{figures.Name} ({figures.Problem})");
        return false;
    }

    private static void WriteMeans(Figures[] figures, TextWriter output)
    {
        foreach (IGrouping<string, Figures> variant in figures.GroupBy(row => row.Variant).Append(figures.GroupBy(_ => "all").Single()))
        {
            output.WriteLine(
                $"{variant.Key}: {variant.Count()} programs; geometric means: time {Mean(variant, row => row.TimeRatio):F2} x the kernel's (claim: at most 1.5), "
                + $"best rounds {Mean(variant, row => row.BestRatio):F2}, visited {Mean(variant, row => row.VisitedRatio):F2} x (claim: at most 1.3); "
                + $"time of all {variant.Sum(row => row.Skep.Median) / 1e6:F1} ms, kernel {variant.Sum(row => row.Kernel.Median) / 1e6:F1} ms");
        }

        foreach (Figures row in figures.Where(row => row.Name.StartsWith(Large, StringComparison.Ordinal)))
        {
            output.WriteLine(
                $"{row.Name}: {row.Skep.Median / 1e6:F1} ms (claim: less than 250), {row.Statistics.PeakBytes / 1048576.0:F1} MiB of states, {row.Allocated / 1048576.0:F1} MiB allocated (claim: less than 200)");
        }
    }

    private static double Mean(IEnumerable<Figures> rows, Func<Figures, double> value) => Math.Exp(rows.Average(row => Math.Log(value(row))));

    private static void Open(string path, List<Program> into, List<string> left)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        try
        {
            ObjectSpec spec = ObjectFile.Open(path).GetOrThrow();
            if (spec.Maps.FirstOrDefault(map => TestMaps.Types.All(type => type.Descriptor.Number != map.Type.Number)) is { } unknown)
            {
                left.Add($"{name} (the test registry has no maps of type {(KernelMapType)unknown.Type.Number.Value})");
                return;
            }

            if (spec.Programs.Select(program => ProgramVerdicts.TypeOf(program.Section).Type).FirstOrDefault(type => !TestProgramTypes.Names.Contains(type)) is { } missing)
            {
                left.Add($"{name} (the test registry has no program type {missing})");
                return;
            }

            ImmutableDictionary<string, LoadedMap> maps = TestMaps.Load(spec.Maps);
            var kernel = new KernelObject(spec);
            foreach (ProgramSpec program in spec.Programs)
            {
                (string type, uint attachType) = ProgramVerdicts.TypeOf(program.Section);
                LinkedProgram linked = new Linker(TestRegistry.Instance, Limits.Default).Link(program, TestProgramTypes.Find(type), maps).GetOrThrow();
                into.Add(new Program(name, linked, kernel, () => kernel.Verify(program, TestProgramTypes.KernelType(type), attachType, KernelLogLevel.Stats)));
            }
        }
        catch (Exception e) when (e is FindingsException or NotSupportedException)
        {
            left.Add($"{name} ({e.Message.Split('\n')[0]})");
        }
    }

    private sealed class Program(string file, LinkedProgram linked, KernelObject kernel, Func<KernelLoadResult> ask) : IDisposable
    {
        private readonly VerifierDiagnostics _diagnostics = new();

        public void Dispose() => kernel.Dispose();

        /// <summary>The JIT sees every program before one is timed.</summary>
        public void Warm()
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(60))
            {
                Verify();
            }
        }

        public Figures Measure(int rounds)
        {
            double[] mine = new double[rounds];
            double[] kernels = new double[rounds];
            KernelLoadResult verdict = ask();
            string? refusal = Verify();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            Verify();
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            for (int round = 0; round < rounds; round++)
            {
                // In turn, so that what else the machine does falls on both.
                kernels[round] = ask().Statistics?.VerificationTime.TotalNanoseconds ?? 0;
                long start = Stopwatch.GetTimestamp();
                Verify();
                mine[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            }

            Array.Sort(mine);
            Array.Sort(kernels);
            return new Figures(
                file, linked.Spec.Name, linked.Instructions.Length, refusal, verdict, _diagnostics.Statistics, new Measurement(mine[rounds / 2], mine[0]),
                new Measurement(kernels[rounds / 2], kernels[0]), allocated);
        }

        /// <returns>Why it is refused; null where it is not.</returns>
        private string? Verify()
        {
            Result<VerifiedProgram> verdict = Verifier.Verify(linked, Limits.Default, VerificationPolicy.Default, _diagnostics);
            return verdict.IsSuccess ? null : verdict.Findings[0].Message;
        }
    }

    private sealed record Figures(
        string File, string Entry, int Instructions, string? Refusal, KernelLoadResult Verdict, VerificationStatistics Statistics, Measurement Skep, Measurement Kernel, long Allocated)
    {
        public string Variant => File[(File.IndexOf(".clang", StringComparison.Ordinal) + 1)..];

        public string Name => $"{File[..^(Variant.Length + 1)].Replace(".bpf", "")}:{Entry}";

        public string Problem => !Verdict.IsAccepted ? $"the kernel refuses it: {Verdict.Complaint}" : Refusal ?? "the kernel's time is 0";

        /// <summary>Both walked all of it, and the kernel's time, told in whole microseconds, is no 0.</summary>
        public bool IsComparable => Refusal is null && Verdict.IsAccepted && Kernel.Best > 0;

        public double TimeRatio => Skep.Median / Kernel.Median;

        public double BestRatio => Skep.Best / Kernel.Best;

        public double VisitedRatio => (double)Statistics.VisitedInstructions / Verdict.Statistics!.ProcessedInstructions;

        public string[] Cells =>
        [
            Name, Number(Instructions), Number(Statistics.VisitedInstructions), Number(Verdict.Statistics!.ProcessedInstructions), Number(VisitedRatio, "F2"),
            Number(Skep.Median / 1e3), Number(Kernel.Median / 1e3), Number(TimeRatio, "F2"), Number(BestRatio, "F2"),
            Number(Statistics.TotalStates), Number(Verdict.Statistics.TotalStates), Number(Statistics.PeakBytes / 1024.0), Number(Allocated / 1024.0),
        ];

        private static string Number(double value, string format = "F0") => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
