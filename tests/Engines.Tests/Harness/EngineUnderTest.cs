using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Execution;
using Skep.Execution.Engines;
using Skep.Execution.Native;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Engines.Tests.Harness;

/// <summary>A back end and how it is to compile.</summary>
internal sealed record EngineUnderTest(string Name, IJitBackend Backend, JitOptions Options)
{
    // An emulator sees that code is new where protection changes, not where it is written through another mapping (QEMU before 8.1).
    private static readonly CodeArena Arena = Sample.Every > 1
        ? new(Limits.Default, CodeArenaOptions.Default, () => new FlippedMemory())
        : new(Limits.Default, CodeArenaOptions.Default);


    public CompiledCode Compile(LoweredProgram program) => Backend.Compile(program, Options);

    /// <summary>Makes compiled code ready to run; several of one code may be there.</summary>
    public ProgramEngine Install(LoweredProgram program, CompiledCode code, Limits limits) => code switch
    {
        NativeImage image => new NativeEngine(Name, program, image, Arena, limits),
        ManagedEntry managed => new ManagedEngine(Name, program, managed, limits),
        _ => throw new NotSupportedException($"{Name} made {code.GetType().Name}"),
    };

    internal static bool CanRunHere(IJitBackend backend)
        => backend.Descriptor.Architecture is not { } architecture || architecture == RuntimeInformation.ProcessArchitecture
            ? (backend as IAvailability)?.FindObstacle() is null
            : false;
}
