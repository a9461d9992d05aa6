using System.Diagnostics;
using Skep.Benchmarks.Engines;

namespace Skep.Benchmarks.Alternatives;

/// <summary>What is called from a loop in C#.</summary>
/// <param name="engine">As the table shows it.</param>
/// <param name="call">One run.</param>
/// <param name="close">What is to be disposed with it, in order.</param>
internal sealed class TimedContestant(string engine, Func<uint> call, params IDisposable[] close) : IContestant
{
    public string Engine => engine;

    public (double Nanoseconds, uint Result) Run(int runs)
    {
        uint last = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            last = call();
        }

        return (Stopwatch.GetElapsedTime(start).TotalNanoseconds / runs, last);
    }

    public void Dispose() => Array.ForEach(close, item => item.Dispose());
}
