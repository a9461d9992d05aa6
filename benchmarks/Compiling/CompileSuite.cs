using System.Diagnostics;
using System.Globalization;
using Skep.Benchmarks.Engines;
using Skep.Contracts;
using Skep.Execution.Lowering;
using Skep.Execution.Lowering.Inlining;
using Skep.Execution.Lowering.Optimization;
using Skep.Hosting;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Benchmarks.Compiling;

/// <summary>What compiling costs, by the size of the program: linear where the nanoseconds an instruction stay level.</summary>
internal static class CompileSuite
{
    public static readonly Suite Suite = new("compile", "compile time and code size of each back end, from 10 to 1,000,000 instructions", Run);

    private const string Lowering = "lowering";
    private const string Optimising = "optimising";
    private const string Method = """
        Programs are made of blocks of ten instructions: arithmetic, a store and a load on the stack, a branch over one instruction. The verifier is not counted; lowering and optimising, which all engines share, have
        rows of their own, and optimising includes the comparison of both forms.
        `first` is the first time that a program of this size is compiled in this process, and in the first row the first time at all: there the .NET runtime compiles the back end itself.
        """;

    private static readonly Limits Wide = Limits.Default with
    {
        MaxInstructions = 2_000_000,
        MaxVisitedInstructions = 5_000_000,
        MaxPendingBranches = 1_000_000,
        MaxVerifierStates = 2_000_000,
        MaxVerifierBytes = 4L << 30,
        MaxVerificationTime = TimeSpan.FromMinutes(2),
    };

    private static void Run(Harness harness, TextWriter output)
    {
        int[] sizes = harness == Harness.Quick ? [10, 100, 1_000, 10_000, 100_000] : [10, 100, 1_000, 10_000, 100_000, 1_000_000];
        using SkepHost host = BenchmarkHost.Create(skep => skep.Limit(_ => Wide));
        IJitBackend[] backends = [.. host.Runtime.Registry.JitBackends.Select(backend => backend.Provider)];
        var rows = new List<(string Engine, string[] Cells)>();
        foreach (int size in sizes)
        {
            ObjectSpec spec = GeneratedProgram.Make(size);
            VerifiedProgram verified = host.Runtime.VerifyProgram(spec.Programs[0], new Dictionary<string, LoadedMap>()).GetOrThrow();
            LoweredProgram lowered = Lowerer.Lower(verified, host.Runtime.Registry);
            rows.Add((Lowering, Measure(Lowering, lowered, () => null, () => Lowerer.Lower(verified, host.Runtime.Registry))));
            LoweredProgram optimized = lowered;
            rows.Add((Optimising, Measure(Optimising, lowered, () => null, () => optimized = Optimizer.Optimize(lowered, InliningChoice.ForCompiledCode))));
            rows.AddRange(backends.Select(backend => (backend.Descriptor.Name, Measure(backend, optimized))));
        }

        Table.Write(output, ["engine", "instructions", "first, µs", "warm, µs", "ns an instruction", "code bytes an instruction"], [.. rows.OrderBy(row => row.Engine switch { Lowering => 0, Optimising => 1, _ => 2 }).ThenBy(row => row.Engine, StringComparer.Ordinal).Select(row => row.Cells)]);
        output.WriteLine();
        output.WriteLine(Method);
    }

    private static string[] Measure(IJitBackend backend, LoweredProgram lowered)
    {
        try
        {
            CompiledCode? code = null;
            return Measure(backend.Descriptor.Name, lowered, () => (code as NativeImage)?.Code.Length, () => code = backend.Compile(lowered, JitOptions.Default));
        }
        catch (NotSupportedException exception)
        {
            return [backend.Descriptor.Name, Number(lowered.Instructions.Length), "refused", exception.Message, "", ""];
        }
    }

    private static string[] Measure(string engine, LoweredProgram lowered, Func<int?> codeBytes, Action compile)
    {
        double first = Time(compile);
        TimeSpan budget = TimeSpan.FromSeconds(1.5);
        long start = Stopwatch.GetTimestamp();
        var times = new List<double>();
        while (times.Count < 3 || (Stopwatch.GetElapsedTime(start) < budget && times.Count < 20_000))
        {
            times.Add(Time(compile));
        }

        // The later half: by then the .NET runtime has given the back end its last tier.
        double[] warm = [.. times[(times.Count / 2)..].Order()];
        double median = warm[warm.Length / 2];
        int instructions = lowered.Instructions.Length;
        return
        [
            engine, Number(instructions), Number(first / 1e3), Number(median / 1e3, median < 1e6 ? "F1" : "F0"), Number(median / instructions, "F1"),
            codeBytes() is { } bytes ? Number((double)bytes / instructions, "F1") : "",
        ];
    }

    private static double Time(Action compile)
    {
        long start = Stopwatch.GetTimestamp();
        compile();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static string Number(double value, string format = "F0") => value.ToString(format, CultureInfo.InvariantCulture);
}
