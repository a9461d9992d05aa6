using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification.State;

namespace Skep.Verification.Tests.Soundness;

/// <summary>What one input came to.</summary>
/// <param name="Problem">Null when all was as proved.</param>
/// <param name="IsCutShort">The run did not come to its end.</param>
internal readonly record struct SoundRun(string? Problem, ulong Result, bool IsCutShort, long Steps);

/// <summary>Verifies programs and runs what is accepted, watched, on inputs of a seed. One for each thread.</summary>
internal sealed unsafe class SoundProgram(World world, int mostStates = 128, long mostSteps = 300_000) : IDisposable
{
    private const ulong Garbage = 0xbad0_cafe_f00d_0000;

    // Programs may tell their stack's addresses, which differ where the host's frames do.
    private const int Tries = 4;

    private const ulong FuelOfSlots = 2000;

    private static readonly Limits Limits = Limits.Default with { MaxInstructions = int.MaxValue };

    private readonly StateRecorder _recorder = new(mostStates);
    private LoadedProgram? _program;
    private RunTrace? _trace;

    /// <summary>Falsifies what was proved, to see that it is noticed.</summary>
    public Func<ProgramFacts, ProgramFacts>? FalsifyFacts { get; set; }

    /// <inheritdoc cref="StateRecorder.Falsify"/>
    public Action<int, VerifierState>? FalsifyStates
    {
        set => _recorder.Falsify = value;
    }

    public Limits VerifierLimits { get; init; } = Limits.Default;

    public bool IsLoaded => _program is not null;

    public bool IsCutShort => _trace!.IsCutShort;

    /// <summary>Verifies a program and, where it is accepted, makes it ready to run.</summary>
    public Result<VerifiedProgram> Load(ProgramSpec spec, IProgramType type, VerificationPolicy policy)
    {
        Unload();
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, Limits).Link(spec, type, world.Maps);
        if (!linked.IsSuccess)
        {
            return Result<VerifiedProgram>.Failure(linked.Findings);
        }

        _recorder.Clear();
        Result<VerifiedProgram> result = Verifier.Verify(linked.Value, VerifierLimits, policy, new VerifierDiagnostics { Observer = _recorder });
        if (result.IsSuccess)
        {
            VerifiedProgram verified = FalsifyFacts is null ? result.Value : new VerifiedProgram(linked.Value, result.Value.Flow, FalsifyFacts(result.Value.Facts));
            LoweredProgram lowered = Lowerer.Lower(verified, TestRegistry.Instance);
            world.Take(lowered);
            _program = new LoadedProgram(new ProgramId(1), lowered, Engine(lowered), "", [], _ => { });
            _trace = new RunTrace(world, _recorder, verified.Facts, policy.ComparesEverything, mostSteps);
        }

        return result;
    }

    /// <summary>Runs the program twice on the same input, once with garbage in all that must not matter.</summary>
    public SoundRun Run(ulong seed)
    {
        string? problem = null;
        for (int i = 0; i < Tries; i++)
        {
            SoundRun plain = RunOnce(seed, 0, out byte[] memory);
            if (plain.Problem is not null || plain.IsCutShort)
            {
                return plain;
            }

            SoundRun spoilt = RunOnce(seed, Garbage, out byte[] spoiltMemory);
            if (spoilt.Problem is not null)
            {
                return spoilt with { Problem = $"with garbage: {spoilt.Problem}" };
            }

            if (plain.Result == spoilt.Result && memory.AsSpan().SequenceEqual(spoiltMemory))
            {
                return plain;
            }

            problem = $"garbage changed the result from 0x{plain.Result:x} to 0x{spoilt.Result:x}, or what was written";
            SoundRun again = RunOnce(seed, 0, out byte[] memoryAgain);
            if (again.Result != plain.Result || !memory.AsSpan().SequenceEqual(memoryAgain))
            {
                problem = null;
            }
        }

        return new SoundRun(problem, 0, false, _trace!.Steps);
    }

    /// <summary>Runs the program once, on what the world holds.</summary>
    public RunResult RunAsIs() => _program!.Run(Entry());

    public void Begin(ulong garbage) => _trace!.Begin(garbage);

    public string? Problem => _trace!.Problem;

    public void Dispose() => Unload();

    private static ProgramEngine Engine(LoweredProgram lowered) => lowered.Verified.Facts.FuelSlots.IsEmpty
        ? new Interpreter<Traced<ToRunTrace, Unchecked>>(lowered, Limits)
        : new Interpreter<Traced<ToRunTrace, Fueled>>(lowered, Limits with { MaxFuel = FuelOfSlots });

    private ProgramEntry Entry()
        => new((ulong)world.Context, 0, new MemoryRegion((nint)world.Context, (nuint)world.ContextSize, MemoryAccess.ReadWrite), world.PacketRegion);

    private SoundRun RunOnce(ulong seed, ulong garbage, out byte[] memory)
    {
        world.Reset(seed);
        _trace!.Begin(garbage);
        RunResult result = RunAsIs();
        memory = world.Snapshot();
        bool isOutOfFuel = result.Trap.Kind == TrapKind.FuelExhausted && !_program!.Lowered.Verified.Facts.FuelSlots.IsEmpty;
        string? problem = _trace.Problem ?? (result.Trap.Kind == TrapKind.None || isOutOfFuel || _trace.IsCutShort ? null : $"it trapped: {result.Trap}");
        problem ??= _trace.Steps > _program!.Lowered.Verified.Facts.LongestPath ? $"{_trace.Steps} instructions ran, the longest path has {_program.Lowered.Verified.Facts.LongestPath}" : null;
        problem ??= _program!.Statistics.HelperFaults > 0 ? "a helper threw" : null;
        problem ??= result.Completed && !_trace.IsCutShort && !IsAllowed(result.Value) ? $"it returned 0x{result.Value:x}, which its type does not allow" : null;
        return new SoundRun(problem, result.Value, _trace.IsCutShort, _trace.Steps);
    }

    /// <summary>Where the range is one of 32-bit numbers, that half of the result counts.</summary>
    private bool IsAllowed(ulong result)
    {
        ReturnRange range = _program!.ProgramType.Descriptor.Returns;
        long value = range.Minimum >= int.MinValue && range.Maximum <= int.MaxValue ? (int)result : (long)result;
        return value >= range.Minimum && value <= range.Maximum;
    }

    private void Unload()
    {
        _program?.Dispose();
        _program = null;
    }
}
