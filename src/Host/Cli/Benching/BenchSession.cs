using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Cli.Running;
using Skep.Cli.Testing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Benching;

/// <summary>What <c>skep bench</c> was asked for.</summary>
/// <param name="Engines">Empty means the interpreter and every back end that can work here.</param>
/// <param name="DataIn">Hexadecimal bytes, or @ and a file's path; null for no data.</param>
internal sealed record BenchRequest(
    ProgramLocator Program, ImmutableArray<string> Engines, string? DataIn, TimeSpan Duration, VerificationPolicy Policy, string? PluginFolder);

/// <summary>Runs one program on every engine, sees that they agree, then measures them in turns, so that what else the machine does falls on all of them alike.</summary>
internal sealed class BenchSession(BenchRequest request, Terminal terminal) : IDisposable
{
    private readonly StopSignal _stop = new();
    private readonly List<BenchEngine> _engines = [];
    private readonly HashSet<string> _told = [];

    public int Run()
    {
        Result<byte[]> data = TestData.Read(request.DataIn);
        Result<ObjectSpec> spec = data.IsSuccess ? ObjectPrograms.Open(request.Program) : Result<ObjectSpec>.Failure(data.Findings);
        Result<ProgramSpec> chosen = spec.IsSuccess ? ObjectPrograms.Choose(spec.Value, request.Program.Name) : Result<ProgramSpec>.Failure(spec.Findings);
        if (!chosen.IsSuccess)
        {
            return terminal.Fail(chosen.Findings);
        }

        terminal.Warn(spec.Findings);
        using CliHost host = CliHost.Create(terminal, request.PluginFolder, Silence.Instance);
        try
        {
            return Measure(spec.Value!, chosen.Value.Name, data.Value!, host.Runtime);
        }
        finally
        {
            _engines.ForEach(engine => engine.Dispose());
        }
    }

    public void Dispose() => _stop.Dispose();

    private int Measure(ObjectSpec spec, string program, byte[] data, SkepRuntime runtime)
    {
        var options = new LoadOptions { Programs = [program], Verification = request.Policy };
        foreach (string name in request.Engines.IsEmpty ? AllThatWork(runtime.Registry) : request.Engines.Distinct())
        {
            Result<LoadedObject> loaded = runtime.Load(spec, options with { Engine = name });
            Tell(loaded.Findings);
            if (!loaded.IsSuccess)
            {
                return terminal.IsJson ? terminal.Fail(loaded.Findings) : ExitCode.Failure;
            }

            Admit(new BenchEngine(loaded.Value, program, data), name);
        }

        var comparison = new BenchComparison(() => new BenchEngine(runtime.Load(spec, options with { Engine = EngineOptions.Interpreter }).GetOrThrow(), program, data));
        ImmutableArray<Finding> problems = comparison.Compare(_engines);
        return problems.IsEmpty ? Measure(data.Length, runtime.Registry, comparison.NotCompared) : terminal.Fail(problems);
    }

    private int Measure(int inputBytes, Registry registry, ImmutableArray<string> notCompared)
    {
        _stop.Listen();
        terminal.Error.WriteLine($"measuring {_engines[0].Program.Name} on {string.Join(", ", _engines.Select(engine => engine.Name))}; Ctrl-C ends early");
        long start = Stopwatch.GetTimestamp();
        foreach (BenchEngine engine in _engines)
        {
            engine.MeasureCompilation(registry.FindJitBackend(engine.Name)?.Provider);
            engine.Calibrate(_stop.Token);
        }

        if (MeasureRounds() is { } trapped)
        {
            return terminal.Fail(TrapFinding.Create(trapped.Program, trapped.Trap));
        }

        terminal.Show(BenchReport.Create(_engines, inputBytes, Stopwatch.GetElapsedTime(start), _stop.Token.IsCancellationRequested, notCompared));
        return ExitCode.Success;
    }

    /// <summary>In turns, each time beginning with another engine.</summary>
    /// <returns>The engine whose run trapped; null when all is well.</returns>
    private BenchEngine? MeasureRounds()
    {
        long start = Stopwatch.GetTimestamp();
        int round = 0;
        do
        {
            for (int turn = 0; turn < _engines.Count; turn++)
            {
                BenchEngine engine = _engines[(round + turn) % _engines.Count];
                if (!engine.MeasureRound())
                {
                    return engine;
                }
            }

            round++;
        }
        while (!_stop.Token.IsCancellationRequested && Stopwatch.GetElapsedTime(start) < request.Duration);
        return null;
    }

    private static IEnumerable<string> AllThatWork(Registry registry)
    {
        Architecture here = RuntimeInformation.ProcessArchitecture;
        return registry.JitBackends.Select(backend => backend.Provider)
            .Where(backend => (backend.Descriptor.Architecture ?? here) == here && (backend as IAvailability)?.FindObstacle() is null)
            .OrderByDescending(backend => backend.Descriptor.Preference)
            .Select(backend => backend.Descriptor.Name)
            .Append(EngineOptions.Interpreter);
    }

    /// <summary>What stepped aside for another engine is left out; the findings of its load have said why.</summary>
    private void Admit(BenchEngine engine, string name)
    {
        bool isWanted = engine.Name == name || name == EngineOptions.Auto || request.Engines.Length == 1;
        if (isWanted && _engines.TrueForAll(other => other.Name != engine.Name))
        {
            _engines.Add(engine);
        }
        else
        {
            engine.Dispose();
        }
    }

    /// <summary>What the program's loads have to say, once.</summary>
    private void Tell(IEnumerable<Finding> findings) => terminal.Warn(findings.Where(finding => _told.Add(finding.ToString())));

    /// <summary>What programs print goes nowhere: that it is formatted is part of the work, that it is shown is not.</summary>
    private sealed class Silence : ITraceOutput
    {
        public static readonly Silence Instance = new();

        public void Write(in TraceRecord record)
        {
        }
    }
}
