using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Skep.Contracts;
using Skep.Engines.Tests.Harness;
using Skep.Findings;
using Skep.KernelOracle;
using Skep.Programs;
using Skep.Runtime;
using Skep.TestPrograms.Corpus;
using Skep.TestPrograms.Generation;
using Skep.TestPrograms.Worlds;
using Skep.Verification;

namespace Skep.Engines.Tests.Fuzzing;

/// <summary>Generated programs that are accepted, on every engine, and on the kernel where their result depends on nothing else. The seed decides everything.</summary>
internal sealed class EngineFuzzer : IDisposable
{
    private const int Inputs = 3;
    private const int MostProblems = 5;
    private const int SmallestPacket = 14;
    private const int FuelTries = 4;
    private const int VariantsOneIn = 7;

    private readonly World _world = new();
    private readonly Comparison _comparison;
    private readonly KernelSide? _kernel;
    private readonly List<string> _problems = [];
    private readonly ulong _seed;
    private readonly ImmutableArray<EngineUnderTest> _plain;
    private readonly ImmutableArray<EngineUnderTest> _all;
    private long _sameAsKernel;
    private long _withFuel;

    /// <param name="engines">Those with default options run every program; of the others only some.</param>
    /// <param name="kernel">Null where it cannot be asked.</param>
    public EngineFuzzer(ulong seed, ImmutableArray<EngineUnderTest> engines, KernelSide? kernel)
    {
        _seed = seed;
        _all = engines;
        _plain = [.. engines.Where(engine => engine.Options == JitOptions.Default)];
        _kernel = kernel;
        _comparison = new Comparison(_world, Comparison.DefaultLimits) { VerifierLimits = Limits.Default with { MaxVisitedInstructions = 30_000 } };
    }

    public long Programs { get; private set; }

    public long Accepted { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Programs} programs: {Accepted} accepted, {_comparison.Compared} runs compared with the interpreter's ({_comparison.StackDependent} tell their stack), {_comparison.Trapped} inputs trap, {_withFuel} with scarce fuel, {_sameAsKernel} compared with the kernel's, problems {_problems.Count}");

    public void Dispose()
    {
        _comparison.Dispose();
        _world.Dispose();
    }

    public void Run(Func<long, bool> goesOn)
    {
        while (goesOn(Programs) && _problems.Count < MostProblems)
        {
            ulong number = _seed + (ulong)Programs;
            bool isDeterministic = number % 4 == 0;
            GeneratedProgram program = new ProgramGenerator(number, isDeterministic).Make();
            Programs++;
            _comparison.Engines = number % VariantsOneIn == 0 || _plain.IsEmpty ? _all : _plain;
            _comparison.Optimizes = number % 2 == 0;
            if (Find(program, number) is { } problem)
            {
                Report(program, number, problem);
            }
            else if (isDeterministic && _kernel is not null && _comparison.IsLoaded && CompareWithKernel(program, number) is { } difference)
            {
                _problems.Add($"seed {number}: {difference}\n{program.ToText()}");
            }
        }
    }

    private void Report(GeneratedProgram program, ulong number, string problem)
    {
        GeneratedProgram smallest = Minimizer.Minimize(program, candidate => Find(candidate, number) is not null);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {number}: {problem}");
        text.AppendLine(CultureInfo.InvariantCulture, $"and of the smallest: {Find(smallest, number)}").Append(smallest.ToText());
        _problems.Add(text.ToString());
    }

    /// <returns>What is different; null also where the program is refused.</returns>
    private string? Find(GeneratedProgram program, ulong number)
    {
        LoopPolicy loops = number % 5 == 1 ? LoopPolicy.Fuel : LoopPolicy.Refuse;
        Result<VerifiedProgram> result = _comparison.Load(
            program.Assemble().ToSpec(program.Entry), HostTypes.Find(program.Type, program.Flags.HasFlag(CorpusFlags.Strict)), program.Entry.Policy with { Loops = loops });
        if (!result.IsSuccess)
        {
            return null;
        }

        Accepted++;
        Outcome last = default;
        for (ulong input = 0; input < Inputs; input++)
        {
            ulong seed = (number * 31) + input;
            if (_comparison.Compare(() => _world.Reset(seed), out last) is { } problem)
            {
                return $"input {input}: {problem}";
            }
        }

        return FindWithFuel(number, Comparison.DefaultLimits.MaxFuel - last.Fuel);
    }

    /// <summary>What the last input used up tells how little to give it.</summary>
    private string? FindWithFuel(ulong number, ulong used)
    {
        ulong seed = (number * 31) + Inputs - 1;
        var random = new SeededRandom(number);
        for (int i = 0; i < FuelTries && used > 0; i++)
        {
            _withFuel++;
            ulong fuel = random.Next() % Math.Min(used + 1, 500);
            if (_comparison.CompareWithFuel(fuel, () => _world.Reset(seed), out _) is { } problem)
            {
                return $"input {Inputs - 1}, fuel {fuel}: {problem}";
            }
        }

        return null;
    }

    /// <summary>Runs the program on the kernel with the same packet and maps, and then on every engine.</summary>
    private string? CompareWithKernel(GeneratedProgram program, ulong number)
    {
        using KernelProgram? loaded = _kernel!.Load(program.Entry, program.Assemble(), KernelLogLevel.None).Program;
        if (loaded is null)
        {
            return null;
        }

        _world.Reset(number);
        byte[] packet = new byte[_world.Random.Between(SmallestPacket, 100)];
        _world.Random.Fill(packet);
        foreach (WorldMap map in _world.Active)
        {
            map.CopyTo(_kernel!.Map(map.Map.Name));
        }

        KernelRunResult theirs = loaded.TestRun(packet);
        string? problem = _comparison.Compare(
            () =>
            {
                _world.Reset(number);
                _world.SetPacket(packet);
            }, out Outcome ours);
        if (problem is not null || theirs.Error != KernelOracle.Errno.None || _world.IsCapped || ours.Trap.Happened)
        {
            return problem;
        }

        // Engines gave what the interpreter gave, and left the same behind.
        _sameAsKernel++;
        bool isSamePacket = theirs.DataOut.AsSpan().SequenceEqual(_world.Packet);
        return (uint)ours.Value == theirs.ReturnValue && isSamePacket
            ? null
            : $"the kernel returns 0x{theirs.ReturnValue:x}, all engines 0x{ours.Value:x}{(isSamePacket ? "" : ", with another packet")}";
    }
}
