using System.Diagnostics;

namespace Skep.Benchmarks;

/// <summary>
/// Measures by batches: warms up, finds how many calls fill a round, then times many short rounds. The median is what to expect; the best
/// round is what the code costs when the machine does nothing else, and is what to compare on a busy one.
/// </summary>
internal sealed record Harness(int Rounds, TimeSpan Round)
{
    public static readonly Harness Quick = new(25, TimeSpan.FromMilliseconds(4));
    public static readonly Harness Thorough = new(250, TimeSpan.FromMilliseconds(4));

    /// <summary>Longer than the JIT takes to give every method on the way its last tier, on a machine that has other work too.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Times one call of <paramref name="action"/>.</summary>
    public Measurement Measure(Action action)
    {
        int calls = CallsPerRound(action);
        return MeasureRounds(() => Time(action, calls) / calls);
    }

    /// <summary>As the other, for what times itself.</summary>
    /// <param name="round">Gives nanoseconds of one call.</param>
    public Measurement MeasureRounds(Func<double> round)
    {
        double[] rounds = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            rounds[i] = round();
        }

        Array.Sort(rounds);
        return new Measurement(rounds[Rounds / 2], rounds[0]);
    }

    private int CallsPerRound(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            action();
        }

        int calls = 1;
        while (Time(action, calls) < Round.TotalNanoseconds)
        {
            calls *= 2;
        }

        return calls;
    }

    private static double Time(Action action, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}

/// <summary>One call, in nanoseconds.</summary>
internal readonly record struct Measurement(double Median, double Best);
