using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering;
using Skep.Execution.Lowering.Optimization;
using Skep.Execution.Lowering.Validation;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;

namespace Skep.Verification.Tests.Optimized;

/// <summary>A program as it was lowered and as it was optimised, to be run on the same inputs. One for each thread.</summary>
internal sealed unsafe class OptimizedProgram(World world) : IDisposable
{
    // Programs may tell their stack's addresses, which differ where the host's frames do.
    private const int Tries = 4;

    private LoadedProgram? _faithful;
    private LoadedProgram? _optimized;

    public Limits VerifierLimits { get; init; } = Limits.Default;

    public LoweredProgram Faithful { get; private set; } = null!;

    public LoweredProgram Optimized { get; private set; } = null!;

    /// <summary>What the validator says of the optimised form; null when it is content.</summary>
    public string? Doubt { get; private set; }

    /// <returns>Whether the program is one that is optimised.</returns>
    public bool Load(ProgramSpec spec, IProgramType type, VerificationPolicy policy, ulong fuel)
    {
        Unload();
        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, VerifierLimits).Link(spec, type, world.Maps);
        if (!linked.IsSuccess || Verifier.Verify(linked.Value, VerifierLimits, policy) is not { IsSuccess: true } verified)
        {
            return false;
        }

        Faithful = Lowerer.Lower(verified.Value, TestRegistry.Instance);
        if (!Faithful.IsProved)
        {
            return false;
        }

        Optimized = Optimizer.Draft(Faithful).ToProgram(out int[] origins);
        Doubt = TranslationCheck.FindProblem(Faithful, Optimized, origins);
        world.Take(Faithful);
        _faithful = Install(Faithful, fuel);
        _optimized = Install(Optimized, fuel);
        return true;
    }

    /// <summary>Runs both on the input of a seed.</summary>
    /// <returns>What differs; null for nothing.</returns>
    public string? Compare(ulong seed)
    {
        string? difference = null;
        for (int i = 0; i < Tries; i++)
        {
            (RunResult expected, byte[] expectedMemory) = Run(_faithful!, seed);
            (RunResult actual, byte[] actualMemory) = Run(_optimized!, seed);
            if (expected == actual && expectedMemory.AsSpan().SequenceEqual(actualMemory))
            {
                return null;
            }

            difference = $"{actual} instead of {expected}, or other memory";
            (RunResult again, byte[] memoryAgain) = Run(_faithful!, seed);
            if (again != expected || !memoryAgain.AsSpan().SequenceEqual(expectedMemory))
            {
                return null;
            }
        }

        return difference;
    }

    public void Dispose() => Unload();

    private static LoadedProgram Install(LoweredProgram lowered, ulong fuel)
        => new(new ProgramId(1), lowered, InterpreterEngine.Create(lowered, Limits.Default with { MaxFuel = fuel }), "", [], _ => { });

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private (RunResult Result, byte[] Memory) Run(LoadedProgram program, ulong seed)
    {
        world.Reset(seed);
        RunResult result = program.Run(new((ulong)world.Context, 0, new MemoryRegion((nint)world.Context, (nuint)world.ContextSize, MemoryAccess.ReadWrite), world.PacketRegion));
        return (result, world.Snapshot());
    }

    private void Unload()
    {
        _faithful?.Dispose();
        _optimized?.Dispose();
        _faithful = _optimized = null;
    }
}
