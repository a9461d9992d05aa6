using System.Globalization;

namespace Skep.Engines.Tests.Harness;

/// <summary>How much of the data is tried: all of it, or every Nth where a machine is emulated (SKEP_ENGINES_SAMPLE=N).</summary>
internal static class Sample
{
    public static int Every { get; } = int.Parse(Environment.GetEnvironmentVariable("SKEP_ENGINES_SAMPLE") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Every Nth, from the first on.</summary>
    public static IEnumerable<T> Of<T>(IEnumerable<T> all) => all.Where((_, index) => index % Every == 0);

    public static int Of(int count) => Math.Max(1, count / Every);
}
