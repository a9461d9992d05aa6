using System.Diagnostics;

namespace Skep.Benchmarks;

/// <summary>
/// Measures by batches: warms up, finds how many calls fill a round, then takes the median of several rounds. The median and not the mean,
/// because the machine has other work, which only ever adds time.
/// </summary>
internal sealed record Harness(int Rounds, TimeSpan Round)
{
    public static readonly Harness Quick = new(5, TimeSpan.FromMilliseconds(30));
    public static readonly Harness Thorough = new(15, TimeSpan.FromMilliseconds(200));

    // Longer than the JIT takes to give every method on the way its last tier.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    /// <summary>Median nanoseconds of one call of <paramref name="action"/>.</summary>
    public double Measure(Action action)
    {
        int calls = CallsPerRound(action);
        double[] rounds = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            rounds[round] = Time(action, calls) / calls;
        }

        Array.Sort(rounds);
        return rounds[Rounds / 2];
    }

    private int CallsPerRound(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        for (int calls = 64; ; calls *= 2)
        {
            if (Time(action, calls) >= Round.TotalNanoseconds && Stopwatch.GetElapsedTime(start) >= WarmUp)
            {
                return calls;
            }
        }
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
