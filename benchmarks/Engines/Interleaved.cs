namespace Skep.Benchmarks.Engines;

/// <summary>Measures contestants in turn, round by round, so that what else the machine does falls on all of them.</summary>
/// <param name="Rounds">Of each.</param>
/// <param name="Round">How long one takes.</param>
/// <param name="WarmUp">Of each, before the first round.</param>
internal sealed record Interleaved(int Rounds, TimeSpan Round, TimeSpan WarmUp)
{
    public static readonly Interleaved Quick = new(9, TimeSpan.FromMilliseconds(2.5), TimeSpan.FromMilliseconds(25));
    public static readonly Interleaved Thorough = new(101, TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(300));

    public static Interleaved For(Harness harness) => harness == Harness.Quick ? Quick : Thorough;

    /// <returns>Of each contestant, nanoseconds of one run.</returns>
    /// <param name="runs">One contestant each: runs it that often and gives nanoseconds of one run.</param>
    public Measurement[] Measure(IReadOnlyList<Func<int, double>> runs)
    {
        int[] counts = [.. runs.Select(RunsPerRound)];
        double[][] rounds = [.. runs.Select(_ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < runs.Count; i++)
            {
                rounds[i][round] = runs[i](counts[i]);
            }
        }

        return [.. rounds.Select(times =>
        {
            Array.Sort(times);
            return new Measurement(times[times.Length / 2], times[0]);
        })];
    }

    private int RunsPerRound(Func<int, double> run)
    {
        double spent = 0;
        int count = 1;
        while (true)
        {
            double nanoseconds = Math.Max(run(count), 0.1);
            spent += nanoseconds * count;
            if (spent >= WarmUp.TotalNanoseconds)
            {
                return Math.Max(1, (int)Math.Min(Round.TotalNanoseconds / nanoseconds, 10_000_000));
            }

            count = (int)Math.Clamp(Round.TotalNanoseconds / nanoseconds, 1, 2.0 * count);
        }
    }
}
