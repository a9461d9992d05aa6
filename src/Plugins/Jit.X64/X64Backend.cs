using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Jit.X64.Emission;
using Skep.Programs;

namespace Skep.Jit.X64;

/// <summary>
/// Machine code for x86-64 under the System V or the Windows calling convention. One pass over the lowered program, which joins neighbours into the processor's better forms.
/// Features that <see cref="JitOptions.Features"/> may name: <c>bmi2</c>, <c>movbe</c>, <c>rdpid</c>.
/// </summary>
public sealed class X64Backend : IJitBackend, IAvailability
{
    public JitBackendDescriptor Descriptor { get; } = new()
    {
        Name = "x64",
        Description = "Machine code for x86-64; uses BMI2 and MOVBE where the processor has them.",
        Architecture = Architecture.X64,
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
