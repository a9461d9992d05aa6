using System.Diagnostics;
using System.Globalization;

namespace Skep.TestPrograms.Generation;

/// <summary>How long fuzzers run, and from which seed on: short as tests, as long as somebody likes by hand.</summary>
internal static class FuzzSettings
{
    private const double DefaultSeconds = 10;

    /// <summary>As tests: no more, so that how fast a machine is does not decide which programs are met.</summary>
    private const long DefaultRuns = 2000;

    /// <summary>SKEP_FUZZ_SEED: the first program's seed; others follow.</summary>
    internal static ulong Seed => ulong.Parse(Environment.GetEnvironmentVariable("SKEP_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>SKEP_FUZZ_RUNS: programs, or SKEP_FUZZ_SECONDS: time; whichever ends first.</summary>
    internal static Func<long, bool> Start()
    {
        string? runs = Environment.GetEnvironmentVariable("SKEP_FUZZ_RUNS");
        string? seconds = Environment.GetEnvironmentVariable("SKEP_FUZZ_SECONDS");
        long most = runs is not null ? long.Parse(runs, CultureInfo.InvariantCulture) : seconds is null ? DefaultRuns : long.MaxValue;
        double time = seconds is null && runs is not null ? double.MaxValue : double.Parse(seconds ?? DefaultSeconds.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        long start = Stopwatch.GetTimestamp();
        return done => done < most && Stopwatch.GetElapsedTime(start).TotalSeconds < time;
    }
}
