using System.Globalization;
using Skep.Benchmarks.Engines;
using Skep.Hosting;
using Skep.Programs;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Benchmarks.Calls;

/// <summary>What calls cost: of programs by the host, and of helpers by programs.</summary>
internal static class CallSuite
{
    public static readonly Suite Suite = new("calls", "the cost of a run and of helper calls, in every engine and in the kernel", Run);

    private const double EmptyLimit = 5;
    private const string Empty = "r0 = 0\nexit";

    private static readonly string Method = $"""
        In ns, medians, engines in turn. The first row is a whole LoadedProgram.Run of a program that returns 0; in the kernel's column it is one turn of BPF_PROG_TEST_RUN's loop, in native's a call
        through a pointer. The other rows are (time of {CallCase.Count} calls in a row - time of the same without the calls) / {CallCase.Count}: a call with its arguments and the use of its result; those of tail calls (time of a program that goes on in itself {TailCallChain.Length} times - time of the same with an empty array) / {TailCallChain.Length}. Keys differ from call to
        call. The helper that does nothing is managed code of this benchmark; in the kernel's column it is bpf_get_numa_node_id.
        """;

    private static void Run(Harness harness, TextWriter output)
    {
        if (Compiler.Build(out string problem) is not { } built)
        {
            output.WriteLine($"calls: not here ({problem})");
            return;
        }

        using SkepHost host = BenchmarkHost.Create(skep => skep.AddPlugin<NothingPlugin>());
        using var library = new NativeLibraryHandle(built.Library);
        bool hasKernel = LiveKernel.IsAvailable(out string obstacle);
        Interleaved interleaved = Interleaved.For(harness);
        string[] engines = [.. BenchmarkHost.Engines(host), .. hasKernel ? [EngineRow.Kernel] : Array.Empty<string>()];
        double clock = interleaved.Measure([library.TimeClock])[0].Median;

        // Once for nothing: methods that all programs run get their last tier here.
        _ = MeasureEmpty(host, engines, interleaved with { WarmUp = harness.WarmUp, Rounds = 1 });
        var rows = new List<string[]> { EmptyRow(host, library, engines, interleaved) };
        rows.AddRange(CallCases.All(clock).Select(call => Row(host, engines, call, interleaved)));
        rows.AddRange(TailCallChain.All.Select(chain => ChainRow(host, engines, chain, interleaved)));
        output.WriteLine(Method);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Reading the monotonic clock takes {clock:F1} ns, in C as in the kernel's column; it is taken off there too."));
        output.WriteLine(hasKernel ? "" : $"The kernel's column is missing: {obstacle}");
        Table.Write(output, ["call", .. engines, "native", "limits", "kept"], rows);
    }

    private static string[] EmptyRow(SkepHost host, NativeLibraryHandle library, string[] engines, Interleaved interleaved)
    {
        Measurement[] times = MeasureEmpty(host, engines, interleaved);
        double native = interleaved.Measure([library.TimeEmpty])[0].Median;
        Dictionary<string, double> limits = new() { ["x64"] = EmptyLimit, ["cil"] = EmptyLimit };
        return Cells("a run of an empty program", engines, [.. times.Select(time => time.Median)], Text(native), limits);
    }

    private static Measurement[] MeasureEmpty(SkepHost host, string[] engines, Interleaved interleaved)
    {
        ObjectSpec spec = TextObject.Make("empty", Empty);
        IContestant[] contestants = [.. engines.Select(engine => Load(host, engine, spec))];
        Measurement[] times = interleaved.Measure([.. contestants.Select<IContestant, Func<int, double>>(contestant => runs => contestant.Run(runs).Nanoseconds)]);
        Array.ForEach(contestants, contestant => contestant.Dispose());
        return times;
    }

    private static string[] Row(SkepHost host, string[] engines, CallCase call, Interleaved interleaved)
    {
        IContestant[] without = [.. engines.Select(engine => Load(host, engine, engine == EngineRow.Kernel ? call.ForKernel(withCalls: false) : call.ForSkep(withCalls: false)))];
        IContestant[] with = [.. engines.Select(engine => Load(host, engine, engine == EngineRow.Kernel ? call.ForKernel(withCalls: true) : call.ForSkep(withCalls: true)))];
        Compare(call, with);
        Measurement[] times = interleaved.Measure([.. without.Concat(with).Select<IContestant, Func<int, double>>(contestant => runs => contestant.Run(runs).Nanoseconds)]);
        Array.ForEach([.. without, .. with], contestant => contestant.Dispose());
        double[] costs = [.. engines.Select((_, i) => (times[engines.Length + i].Median - times[i].Median) / CallCase.Count - call.Itself)];
        return Cells(call.Name, engines, costs, "", call.Limits);
    }

    private static string[] ChainRow(SkepHost host, string[] engines, TailCallChain chain, Interleaved interleaved)
    {
        string[] able = [.. engines.Where(engine => engine != EngineRow.Kernel || chain.Function is null)];
        IContestant[] all = [.. able.Select(engine => Load(host, engine, chain.Make(isLinked: false))), .. able.Select(engine => Load(host, engine, chain.Make(isLinked: true)))];
        Measurement[] times = interleaved.Measure([.. all.Select<IContestant, Func<int, double>>(contestant => runs => contestant.Run(runs).Nanoseconds)]);
        Array.ForEach(all, contestant => contestant.Dispose());
        double[] costs = [.. able.Select((_, i) => (times[able.Length + i].Median - times[i].Median) / TailCallChain.Length)];
        return Cells(chain.Name, able, [.. costs, .. Enumerable.Repeat(double.NaN, engines.Length - able.Length)], "", new Dictionary<string, double>());
    }

    private static IContestant Load(SkepHost host, string engine, ObjectSpec spec)
    {
        byte[] packet = new byte[64];
        string problem;
        IContestant? contestant = engine == EngineRow.Kernel ? KernelContestant.TryLoad(spec, packet, out problem) : SkepContestant.TryLoad(host.Runtime, spec, packet, engine, out problem);
        return contestant ?? throw new InvalidOperationException($"{engine}: {problem}");
    }

    // The third run: the first ones fill maps. The kernel's own helper may say something else.
    private static void Compare(CallCase call, IContestant[] contestants)
    {
        uint[] results = [.. contestants.Where(contestant => contestant.Engine != EngineRow.Kernel || call.KernelCall is null).Select(contestant => contestant.Run(3).Result)];
        if (!call.IsRandom && results.Distinct().Count() > 1)
        {
            throw new InvalidOperationException($"{call.Name}: results differ: {string.Join(", ", results)}");
        }
    }

    private static string[] Cells(string name, string[] engines, double[] costs, string native, IReadOnlyDictionary<string, double> limits)
    {
        (string Engine, double Limit)[] those = [.. engines.Where(limits.ContainsKey).Select(engine => (engine, limits[engine]))];
        bool[] kept = [.. those.Select(pair => costs[Array.IndexOf(engines, pair.Engine)] <= pair.Limit)];
        return
        [
            name, .. costs.Select(Text), native,
            string.Join(", ", those.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Engine} {pair.Limit}"))),
            string.Join(", ", those.Zip(kept, (pair, ok) => ok ? "yes" : $"not {pair.Engine}").Distinct()),
        ];
    }

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("F1", CultureInfo.InvariantCulture);
}
