using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Lowering;
using Skep.Execution.Lowering.Optimization;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification;

namespace Skep.Engines.Tests.Harness;

/// <summary>
/// One program at a time in a world, on the interpreter and on engines, from the same inputs: the same addresses, bytes, map contents and chances. One for each thread.
/// </summary>
/// <param name="limits">Of runs. Fuel also bounds how long <c>may_goto</c> goes round.</param>
internal sealed unsafe class Comparison(World world, Limits limits) : IDisposable
{
    // Programs may tell their stack's addresses, which differ from engine to engine: the reference then differs from itself when its stack lies elsewhere.
    private const int StackTries = 12;
    private const int StackStep = 16;
    private const int StackSteps = 2048;

    private readonly ArrayBufferWriter<byte> _expectedState = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _state = new(64 * 1024);
    private SeededRandom _random = new(1);
    private ReadyProgram? _program;
    private ReadyProgram? _compiled;
    private ProgramEngine? _reference;

    public static Limits DefaultLimits { get; } = Limits.Default with { MaxFuel = 200_000, MaxInstructions = int.MaxValue };

    /// <summary>What is held against the interpreter.</summary>
    public ImmutableArray<EngineUnderTest> Engines { get; set; } = Harness.Engines.All;

    /// <summary>Engines get the program optimised, and the interpreter runs that too; the reference never does.</summary>
    public bool Optimizes { get; set; } = true;

    public Limits VerifierLimits { get; init; } = Limits.Default;

    public bool IsLoaded => _program is not null;

    /// <summary>Engines with compiled code take it.</summary>
    public bool IsProved => _program!.Lowered.IsProved;

    /// <summary>Comparisons of one run on one engine.</summary>
    public long Compared { get; private set; }

    /// <summary>Of these, runs that told where their stack lies, so that nothing can be said.</summary>
    public long StackDependent { get; private set; }

    /// <summary>Runs of the reference that trapped.</summary>
    public long Trapped { get; private set; }

    /// <summary>Verifies a program and, where it is accepted, makes it ready to run.</summary>
    public Result<VerifiedProgram> Load(ProgramSpec spec, IProgramType type, VerificationPolicy policy)
    {
        Unload();
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, DefaultLimits).Link(spec, type, world.Maps);
        if (!linked.IsSuccess)
        {
            return Result<VerifiedProgram>.Failure(linked.Findings);
        }

        Result<VerifiedProgram> verified = Verifier.Verify(linked.Value, VerifierLimits, policy);
        if (verified.IsSuccess)
        {
            LoweredProgram lowered = Lowerer.Lower(verified.Value, TestRegistry.Instance);
            world.Take(lowered);
            _program = new ReadyProgram(lowered, limits);
            _reference = _program.Interpreter(limits);
            _compiled = Optimizes && lowered.IsProved ? new ReadyProgram(Optimizer.Optimize(lowered), limits) : _program;
        }

        return verified;
    }

    /// <summary>Runs the program on every engine.</summary>
    /// <param name="prepare">Makes the world what it is at the start of each run.</param>
    /// <returns>The first difference; null when there is none.</returns>
    public string? Compare(Action prepare) => CompareWith(_reference!, limits, prepare, out _);

    /// <inheritdoc cref="Compare(Action)"/>
    public string? Compare(Action prepare, out Outcome expected) => CompareWith(_reference!, limits, prepare, out expected);

    /// <summary>Runs the program on every engine, each with the fuel given.</summary>
    public string? CompareWithFuel(ulong fuel, Action prepare, out Outcome expected)
    {
        Limits scarce = limits with { MaxFuel = fuel };
        return CompareWith(_program!.Interpreter(scarce), scarce, prepare, out expected);
    }

    public void Dispose() => Unload();

    private string? CompareWith(ProgramEngine reference, Limits limits, Action prepare, out Outcome expected)
    {
        expected = Run(_program!, reference, prepare, _expectedState);
        Trapped += expected.Trap.Happened ? 1 : 0;
        if (_compiled != _program && Find("interpreter, optimised", () => _compiled!.Interpreter(limits), limits, prepare, expected) is { } wrong)
        {
            return wrong;
        }

        foreach (EngineUnderTest engine in Engines)
        {
            if (Find(engine.Name, () => _compiled!.Compiled(engine, limits), limits, prepare, expected) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private string? Find(string name, Func<ProgramEngine> engine, Limits limits, Action prepare, Outcome expected)
    {
        Outcome found;
        try
        {
            found = Run(_compiled!, engine(), prepare, _state);
        }
        catch (NotSupportedException exception)
        {
            return $"{name} does not compile it: {exception.Message}";
        }

        Compared++;
        if (found == expected && _state.WrittenSpan.SequenceEqual(_expectedState.WrittenSpan))
        {
            return null;
        }

        string difference = $"{name}: {found}; the interpreter: {expected}{StateDifference()}";
        if (!DependsOnStack(limits, prepare, expected))
        {
            return difference;
        }

        StackDependent++;
        return null;
    }

    private Outcome Run(ReadyProgram program, ProgramEngine engine, Action prepare, ArrayBufferWriter<byte> state)
    {
        prepare();
        var entry = new ProgramEntry((ulong)world.Context, 0, new MemoryRegion((nint)world.Context, (nuint)world.ContextSize, MemoryAccess.ReadWrite), world.PacketRegion);
        Outcome outcome = program.Run(engine, entry);
        state.ResetWrittenCount();
        world.CopyStateTo(state);
        return outcome;
    }

    private bool DependsOnStack(Limits limits, Action prepare, Outcome expected)
    {
        // Frames of other sizes, one that makes the stack start at an odd multiple of 8, as it does for compiled CIL.
        ProgramEngine[] others =
        [
            _program!.Interpreter(limits),
            _program.Interpreter(limits with { MaxFrameBytes = 1008 }),
            _program.Interpreter(limits with { MaxFrameBytes = 1000, MaxCallDepth = limits.MaxCallDepth + 1 }),
        ];
        var state = new ArrayBufferWriter<byte>();
        for (int i = 0; i < StackTries; i++)
        {
            Outcome outcome = RunDeeper(_random.Below(StackSteps) * StackStep, others[i % others.Length], prepare, state);
            if (outcome != expected || !state.WrittenSpan.SequenceEqual(_expectedState.WrittenSpan))
            {
                return true;
            }
        }

        return false;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome RunDeeper(int bytes, ProgramEngine engine, Action prepare, ArrayBufferWriter<byte> state)
    {
        byte* room = stackalloc byte[bytes + 1];
        room[bytes] = 1;
        return Run(_program!, engine, prepare, state);
    }

    private string StateDifference()
    {
        int at = _state.WrittenSpan.CommonPrefixLength(_expectedState.WrittenSpan);
        return at == _state.WrittenCount && at == _expectedState.WrittenCount
            ? ""
            : $"; and what they leave behind, from byte {at} of the world on: {Convert.ToHexString(_state.WrittenSpan[at..][..Math.Min(16, _state.WrittenCount - at)])}, not "
                + Convert.ToHexString(_expectedState.WrittenSpan[at..][..Math.Min(16, _expectedState.WrittenCount - at)]);
    }

    private void Unload()
    {
        if (_compiled != _program)
        {
            _compiled?.Dispose();
        }

        _program?.Dispose();
        _compiled = null;
        _program = null;
        _reference = null;
    }
}
