using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Jit.Arm64.Emission;
using Skep.Programs;

namespace Skep.Jit.Arm64;

/// <summary>
/// Machine code for 64-bit Arm under its procedure call standard (AAPCS64), which the systems share. One pass over the lowered program, which keeps back moves, shifts and extensions
/// until an instruction takes them along. Features that <see cref="JitOptions.Features"/> may name: <c>lse</c> (atomic instructions of Armv8.1).
/// </summary>
public sealed class Arm64Backend : IJitBackend, IAvailability
{
    public JitBackendDescriptor Descriptor { get; } = new()
    {
        Name = "arm64",
        Description = "Machine code for 64-bit Arm; uses the atomic instructions of Armv8.1 where the processor has them.",
        Architecture = Architecture.Arm64,
        Preference = 100,
    };

    public CompiledCode Compile(LoweredProgram program, JitOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(options);
        return new ProgramEmission(program, options, ProgramEmission.NewBlinding(options)).Emit();
    }

    public Finding? FindObstacle() => null;
}
