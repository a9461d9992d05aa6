namespace Skep.Benchmarks.Engines;

/// <summary>A program in one engine, ready to run on its packet.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>The engine's name, as the table shows it.</summary>
    string Engine { get; }

    /// <summary>Runs it that often.</summary>
    /// <returns>Nanoseconds of one run, and the last run's result.</returns>
    (double Nanoseconds, uint Result) Run(int runs);
}
