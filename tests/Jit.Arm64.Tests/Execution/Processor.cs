using System.Globalization;
using System.Runtime.InteropServices;

namespace Skep.Jit.Arm64.Tests.Execution;

/// <summary>What the tests that run code need.</summary>
internal static class Processor
{
    /// <summary>How much of the data is tried: all of it, or every Nth where the processor is emulated (SKEP_ENGINES_SAMPLE=N).</summary>
    public static int Every { get; } = int.Parse(Environment.GetEnvironmentVariable("SKEP_ENGINES_SAMPLE") ?? "1", CultureInfo.InvariantCulture);

    public static void Require()
        => Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.Arm64, "needs an arm64 processor; .ci/run runs it under qemu");

    /// <summary>Every Nth, from the first on.</summary>
    public static IEnumerable<T> Sample<T>(IEnumerable<T> all) => all.Where((_, index) => index % Every == 0);
}
