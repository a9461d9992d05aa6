using System.Diagnostics;
using System.Globalization;
using Skep.Benchmarks.Engines;
using Skep.Hosting;

namespace Skep.Benchmarks.Alternatives;

/// <summary>What a .NET program would take instead, at the same work.</summary>
internal static class AlternativeSuite
{
    public static readonly Suite Suite = new("alternatives", "the same work in a C# delegate, Wasmtime, Jint and NLua", Run);

    private const string Empty = "empty";
    private static readonly string[] Programs = ["fnv1a", "be32_sum", "primes"];

    private const string Method = """
        A call is a run of a program that returns a constant; the others are programs of the suite `engines`, written again for each (benchmarks/Alternatives). Medians, in turn, in ns a run.
        `first result` goes from source or object to the first result of fnv1a: the first time in this process, which pays for loading and compiling the machine itself, and the median of later times.
        Memory is how much the process grows (VmRSS) for each of 64 programs that are kept.
        """;

    private static void Run(Harness harness, TextWriter output)
    {
        if (Compiler.Build(out string problem) is not { } built)
        {
            output.WriteLine($"alternatives: not here ({problem})");
            return;
        }

        var host = new Lazy<SkepHost>(() => BenchmarkHost.Create());
        string[] engines = ["interpreter", "cil", "x64"];
        Alternative[] all =
        [
            .. engines.Select(engine => Alternative.Skep(engine, () => host.Value, built)),
            Alternative.Delegate, Alternative.Wasmtime, Alternative.Jint, Alternative.NLua,
        ];
        double[] first = [.. all.Select(FirstResult)];
        Interleaved interleaved = Interleaved.For(harness) with { WarmUp = TimeSpan.FromMilliseconds(500) };

        // Once for nothing: methods that all programs run get their last tier here.
        _ = Time(Empty, all, interleaved with { WarmUp = harness.WarmUp, Rounds = 1 });
        double[][] times = [.. Programs.Prepend(Empty).Select(program => Time(program, all, interleaved))];
        Table.Write(
            output, ["", "kept safe by", "a call, ns", .. Programs, "first result, ms", "later, ms", "KiB a program"],
            [.. all.Select<Alternative, string[]>((alternative, i) =>
            [
                alternative.Name, alternative.Kind, Text(times[0][i], "F1"), .. Programs.Select((_, program) => Text(times[program + 1][i], "F0")),
                Text(first[i], "F1"), Text(Later(alternative), "F3"), Text(KibibytesEach(alternative), "F0"),
            ])]);
        output.WriteLine();
        output.WriteLine(Method);
        if (host.IsValueCreated)
        {
            host.Value.Dispose();
        }
    }

    private static double[] Time(string program, Alternative[] all, Interleaved interleaved)
    {
        byte[] packet = Packets.For(program);
        IContestant[] contestants = [.. all.Select(alternative => alternative.Open(program, packet))];
        uint[] results = [.. contestants.Select(contestant => contestant.Run(2).Result)];
        if (results.Distinct().Count() > 1)
        {
            throw new InvalidOperationException($"{program}: results differ: {string.Join(", ", all.Zip(results, (alternative, result) => $"{alternative.Name} {result}"))}");
        }

        Measurement[] times = interleaved.Measure([.. contestants.Select<IContestant, Func<int, double>>(contestant => runs => contestant.Run(runs).Nanoseconds)]);
        Array.ForEach(contestants, contestant => contestant.Dispose());
        return [.. times.Select(time => time.Median)];
    }

    private static double FirstResult(Alternative alternative)
    {
        byte[] packet = Packets.For(Programs[0]);
        long start = Stopwatch.GetTimestamp();
        using IContestant contestant = alternative.Open(Programs[0], packet);
        contestant.Run(1);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Later(Alternative alternative)
    {
        const int times = 41;
        double[] milliseconds = [.. Enumerable.Range(0, times).Select(_ => FirstResult(alternative)).Order()];
        return milliseconds[times / 2];
    }

    private static double KibibytesEach(Alternative alternative)
    {
        const int count = 64;
        byte[] packet = Packets.For(Programs[0]);
        long before = ResidentBytes();
        IContestant[] kept = [.. Enumerable.Range(0, count).Select(_ => alternative.Open(Programs[0], packet))];
        Array.ForEach(kept, contestant => contestant.Run(1));
        long after = ResidentBytes();
        Array.ForEach(kept, contestant => contestant.Dispose());
        return Math.Max(0, after - before) / 1024.0 / count;
    }

    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmRSS:".Length..^"kB".Length], NumberStyles.Integer | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
