using Skep.Benchmarks;
using Skep.Benchmarks.Engines;

Suite[] suites = [InterpreterSuite.Suite, LoadingSuite.Suite, VerifierSuite.Suite, VerifierScalingSuite.Suite, EngineSuite.Suite];

string[] names = [.. args.Where(argument => !argument.StartsWith('-'))];
bool quick = args.Contains("--quick");
Suite[] chosen = [.. suites.Where(suite => names.Contains(suite.Name))];
if (names.Length == 0 || chosen.Length != names.Length)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks -- SUITE... [--quick]");
    foreach (Suite suite in suites)
    {
        Console.Error.WriteLine($"  {suite.Name,-16} {suite.Description}");
    }

    return 2;
}

foreach (Suite suite in chosen)
{
    suite.Run(quick ? Harness.Quick : Harness.Thorough, Console.Out);
}

return Environment.ExitCode;
