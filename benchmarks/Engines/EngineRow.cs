using Skep.Findings;
using Skep.Hosting;
using Skep.Loading;
using Skep.Programs;

namespace Skep.Benchmarks.Engines;

/// <summary>A program in all engines: results compared, then timed.</summary>
/// <param name="Problems">What is not right with it; then it has no times.</param>
/// <param name="Times">By engine.</param>
internal sealed record EngineRow(string Program, IReadOnlyList<string> Problems, IReadOnlyDictionary<string, Measurement> Times)
{
    public const string Kernel = "kernel";
    public const string Native = "native";

    public static EngineRow Measure(string program, string objectPath, NativeLibraryHandle library, SkepHost host, IEnumerable<string> engines, bool hasKernel, Interleaved interleaved)
    {
        byte[] packet = Packets.For(program);
        ObjectSpec spec = ObjectFile.Open(objectPath).GetOrThrow();
        var problems = new List<string>();
        var contestants = new List<IContestant>();
        try
        {
            foreach (string engine in engines)
            {
                Add(engine, () => (SkepContestant.TryLoad(host.Runtime, spec, packet, engine, out string problem), problem));
            }

            if (hasKernel)
            {
                Add(Kernel, () => (KernelContestant.TryLoad(spec, packet, out string problem), problem));
            }

            contestants.Add(new NativeContestant(library, program, packet));
            Compare(contestants, problems);
            return new EngineRow(program, problems, problems.Count > 0 ? new Dictionary<string, Measurement>() : Time(contestants, interleaved));
        }
        finally
        {
            contestants.ForEach(contestant => contestant.Dispose());
        }

        void Add(string engine, Func<(IContestant?, string)> load)
        {
            try
            {
                (IContestant? contestant, string problem) = load();
                if (contestant is null)
                {
                    problems.Add($"{engine}: {problem}");
                    return;
                }

                contestants.Add(contestant);
            }
            catch (FindingsException exception)
            {
                problems.Add($"{engine}: {exception.Message}");
            }
        }
    }

    // The third run: the first ones fill tables and maps.
    private static void Compare(List<IContestant> contestants, List<string> problems)
    {
        const int runs = 3;
        uint expected = contestants[^1].Run(runs).Result;
        if (expected == 0)
        {
            problems.Add("the result is 0, as of a packet that is too short");
        }

        foreach (IContestant contestant in contestants)
        {
            uint result = contestant.Run(runs).Result;
            if (result != expected)
            {
                problems.Add($"{contestant.Engine} gave 0x{result:x8}, {contestants[^1].Engine} 0x{expected:x8}");
            }
        }
    }

    private static Dictionary<string, Measurement> Time(List<IContestant> contestants, Interleaved interleaved)
    {
        Measurement[] times = interleaved.Measure([.. contestants.Select<IContestant, Func<int, double>>(contestant => runs => contestant.Run(runs).Nanoseconds)]);
        return contestants.Zip(times).ToDictionary(pair => pair.First.Engine, pair => pair.Second);
    }
}
