using System.Globalization;
using System.Text;
using Skep.Contracts;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Generation;
using Skep.TestPrograms.Worlds;
using Skep.Verification.Tests.Soundness;

namespace Skep.Verification.Tests.Fuzzing;

/// <summary>Generated programs that are accepted, run and watched on random inputs, and compared with the kernel where their result depends on nothing else.</summary>
internal sealed class RunFuzzer(ulong seed, KernelSide? kernel) : IDisposable
{
    private const int Inputs = 3;
    private const int MostProblems = 5;
    private const int SmallestPacket = 14;

    private readonly World _world = new();
    private readonly List<string> _problems = [];
    private SoundProgram? _program;
    private long _steps;
    private int _compared;
    private int _accepted;
    private int _runs;
    private int _cut;

    public long Programs { get; private set; }

    public int Accepted => _accepted;

    public IReadOnlyList<string> Problems => _problems;

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture, $"{Programs} programs: {_accepted} accepted, {_runs} runs of {_steps} instructions ({_cut} cut short), {_compared} results compared with the kernel's, problems {_problems.Count}");

    public void Dispose()
    {
        _program?.Dispose();
        _world.Dispose();
    }

    public void Run(Func<long, bool> goesOn)
    {
        _program = new SoundProgram(_world, mostStates: 64, mostSteps: 1_100_000) { VerifierLimits = Limits.Default with { MaxVisitedInstructions = 30_000 } };
        while (goesOn(Programs) && _problems.Count < MostProblems)
        {
            ulong number = seed + (ulong)Programs;
            bool isCompared = kernel is not null && number % 4 == 0;
            bool comparesEverything = number % 3 == 0;
            GeneratedProgram program = new ProgramGenerator(number, isDeterministic: isCompared).Make();
            Programs++;
            if (Find(program, number, comparesEverything) is { } problem)
            {
                Report(program, number, comparesEverything, problem);
            }
            else if (isCompared && _program.IsLoaded && Compare(program, number) is { } difference)
            {
                _problems.Add($"{difference}\n{program.ToText()}");
            }
        }
    }

    private void Report(GeneratedProgram program, ulong number, bool comparesEverything, string problem)
    {
        GeneratedProgram smallest = Minimizer.Minimize(program, candidate => Find(candidate, number, comparesEverything) is not null);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {number}{(comparesEverything ? ", comparing everything" : "")}: {problem}");
        text.AppendLine(CultureInfo.InvariantCulture, $"and of the smallest: {Find(smallest, number, comparesEverything)}").Append(smallest.ToText());
        _problems.Add(text.ToString());
    }

    /// <returns>What is wrong; null also where the program is refused.</returns>
    private string? Find(GeneratedProgram program, ulong number, bool comparesEverything)
    {
        Result<VerifiedProgram> result = Load(program, comparesEverything, number % 5 == 1 ? LoopPolicy.Fuel : LoopPolicy.Refuse);
        if (!result.IsSuccess)
        {
            return null;
        }

        _accepted++;
        for (ulong input = 0; input < Inputs; input++)
        {
            SoundRun run = _program!.Run((number * 31) + input);
            _runs++;
            _steps += run.Steps;
            _cut += run.IsCutShort ? 1 : 0;
            if (run.Problem is not null || run.IsCutShort)
            {
                return run.Problem ?? "it does not end";
            }
        }

        return null;
    }

    private Result<VerifiedProgram> Load(GeneratedProgram program, bool comparesEverything, LoopPolicy loops)
        => _program!.Load(
            program.Assemble().ToSpec(program.Entry), HostTypes.Find(program.Type, program.Flags.HasFlag(CorpusFlags.Strict)),
            program.Entry.Policy with { ComparesEverything = comparesEverything, Loops = loops });

    /// <summary>Runs the program on the kernel with the same packet and maps.</summary>
    private string? Compare(GeneratedProgram program, ulong number)
    {
        using KernelProgram? loaded = kernel!.Load(program.Entry, program.Assemble(), KernelLogLevel.None).Program;
        if (loaded is null)
        {
            return null;
        }

        _world.Reset(number);
        byte[] packet = new byte[_world.Random.Between(SmallestPacket, 100)];
        _world.Random.Fill(packet);
        _world.SetPacket(packet);
        foreach (WorldMap map in _world.Active)
        {
            map.CopyTo(kernel!.Map(map.Map.Name));
        }

        KernelRunResult theirs = loaded.TestRun(packet);
        _program!.Begin(garbage: 0);
        RunResult ours = _program.RunAsIs();
        if (theirs.Error != KernelOracle.Errno.None || _program.IsCutShort || _world.IsCapped)
        {
            return null;
        }

        _compared++;
        bool isSamePacket = theirs.DataOut.AsSpan().SequenceEqual(_world.Packet);
        return _program.Problem is null && (uint)ours.Value == theirs.ReturnValue && isSamePacket
            ? null
            : $"seed {number}: the kernel returns 0x{theirs.ReturnValue:x}, Skep 0x{ours.Value:x} {_program.Problem}{(isSamePacket ? "" : ", with another packet")}";
    }
}
