using System.Diagnostics;
using Skep.Cli.Testing;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Cli.Benching;

/// <summary>A program on one engine: an object of its own with maps of its own, the data, and what was measured so far.</summary>
internal sealed class BenchEngine : IDisposable
{
    // Long beside the clock's step, and short beside the time that a scheduler gives a thread, so that most rounds are not interrupted on a busy machine either.
    private static readonly TimeSpan RoundLength = TimeSpan.FromMilliseconds(1);
    private const int CompileRounds = 5;

    private readonly LoadedObject _loaded;
    private readonly LoadedProgram _program;
    private readonly byte[] _data;
    private readonly TestMemory _memory;
    private readonly List<double> _rounds = [];
    private long _runs = 1;

    /// <param name="program">The one to run; what program arrays hold is loaded beside it.</param>
    public BenchEngine(LoadedObject loaded, string program, byte[] data)
    {
        _loaded = loaded;
        _program = loaded.FindProgram(program)!;
        _data = data;
        _memory = TestMemory.Create(_program, data);
    }

    public string Name => _program.Engine;

    public LoadedProgram Program => _program;

    /// <summary>The run that ended in a trap, which no other run follows.</summary>
    public Trap Trap { get; private set; }

    /// <summary>The median of making the code, once warm; null for the interpreter.</summary>
    public TimeSpan? CompileTime { get; private set; }

    /// <summary>Null where the code has no size to know.</summary>
    public int? CodeBytes { get; private set; }

    public int Rounds => _rounds.Count;

    /// <summary>Nanoseconds a run, in the middle round. There is at least one.</summary>
    public double Median => At(0.5);

    public double Least => At(0);

    public double Most => At(1);

    /// <summary>Of the first run, in which back ends that leave it to the .NET runtime have their code compiled.</summary>
    public TimeSpan FirstRun { get; private set; }

    /// <summary>The first run.</summary>
    /// <returns>Null when it trapped.</returns>
    public BenchOutcome? RunOnce()
    {
        long start = Stopwatch.GetTimestamp();
        RunResult result = _program.RunEvent(_memory.Region);
        FirstRun = Stopwatch.GetElapsedTime(start);
        Trap = result.Trap;
        return result.Completed ? BenchOutcome.Of(_loaded, result.Value, _memory) : null;
    }

    public void MeasureCompilation(IJitBackend? backend)
    {
        if (backend is null)
        {
            return;
        }

        var times = new List<TimeSpan>();
        for (int round = 0; round < CompileRounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            CompiledCode code = backend.Compile(_program.Lowered, JitOptions.Default);
            times.Add(Stopwatch.GetElapsedTime(start));
            CodeBytes = (code as NativeImage)?.Code.Length;
        }

        times.Sort();
        CompileTime = times[times.Count / 2];
    }

    /// <summary>Finds how many runs make a round; warms the engine up meanwhile.</summary>
    public void Calibrate(CancellationToken stop)
    {
        while (Time(_runs) is { } taken && taken < RoundLength && !stop.IsCancellationRequested)
        {
            double wanted = RoundLength / (taken > TimeSpan.Zero ? taken : TimeSpan.FromMicroseconds(0.1));
            _runs = (long)Math.Ceiling(_runs * Math.Clamp(wanted, 1.1, 10));
        }
    }

    /// <returns>False when a run trapped.</returns>
    public bool MeasureRound()
    {
        if (Time(_runs) is not { } taken)
        {
            return false;
        }

        _rounds.Add(taken.TotalNanoseconds / _runs);
        return true;
    }

    public void Dispose()
    {
        _memory.Dispose();
        _loaded.Dispose();
    }

    /// <summary>Each round begins with the data as it was given.</summary>
    private TimeSpan? Time(long runs)
    {
        _memory.Fill(_data);
        MemoryRegion region = _memory.Region;
        long start = Stopwatch.GetTimestamp();
        for (long run = 0; run < runs; run++)
        {
            RunResult result = _program.RunEvent(region);
            if (!result.Completed)
            {
                Trap = result.Trap;
                return null;
            }
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private double At(double part)
    {
        double[] sorted = [.. _rounds.Order()];
        return sorted[(int)((sorted.Length - 1) * part)];
    }
}
