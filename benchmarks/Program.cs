using Skep.Benchmarks;
using Skep.Benchmarks.Alternatives;
using Skep.Benchmarks.Calls;
using Skep.Benchmarks.Compiling;
using Skep.Benchmarks.Engines;

const string Plugin = "--plugin=";
Suite[] suites =
[
    InterpreterSuite.Suite, LoadingSuite.Suite, VerifierSuite.Suite, VerifierScalingSuite.Suite, EngineSuite.Suite, CallSuite.Suite, CompileSuite.Suite, AlternativeSuite.Suite,
];

string[] names = [.. args.Where(argument => !argument.StartsWith('-'))];
bool quick = args.Contains("--quick");
Suite[] chosen = [.. suites.Where(suite => names.Contains(suite.Name))];
if (names.Length == 0 || chosen.Length != names.Length)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks -- SUITE... [--quick] [--plugin=FILE]...");
    foreach (Suite suite in suites)
    {
        Console.Error.WriteLine($"  {suite.Name,-16} {suite.Description}");
    }

    Console.Error.WriteLine($"  {Plugin}FILE takes a back end that is none of the repository's into the suites of engines.");
    return 2;
}

BenchmarkHost.FurtherPlugins = [.. args.Where(argument => argument.StartsWith(Plugin, StringComparison.Ordinal)).Select(argument => argument[Plugin.Length..])];
foreach (Suite suite in chosen)
{
    suite.Run(quick ? Harness.Quick : Harness.Thorough, Console.Out);
}

return Environment.ExitCode;
