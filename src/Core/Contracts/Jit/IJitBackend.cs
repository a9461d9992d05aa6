using System.Runtime.InteropServices;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>What the loader and the documentation need to know of a JIT back end; immutable.</summary>
public sealed record JitBackendDescriptor
{
    /// <summary>The word after <c>--jit</c>: <c>x64</c>, <c>arm64</c>, <c>cil</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for lists, with what it needs from the processor and the system.</summary>
    public required string Description { get; init; }

    /// <summary>The processor that its code runs on; null when its code is portable.</summary>
    public Architecture? Architecture { get; init; }

    /// <summary>The order in which <c>auto</c> tries back ends that can run here; the highest first.</summary>
    public int Preference { get; init; }
}

/// <summary>
/// Turns lowered bytecode into code. A pure function: it maps no memory and compiles for its architecture on any machine. Whether its
/// code can run here is said by <see cref="IAvailability"/>, which it may also implement.
/// </summary>
public interface IJitBackend
{
    JitBackendDescriptor Descriptor { get; }

    /// <exception cref="ArgumentException">The program uses an operation that the descriptor's contract version does not have.</exception>
    CompiledCode Compile(LoweredProgram program, JitOptions options);
}

/// <summary>How to compile.</summary>
public sealed record JitOptions
{
    /// <summary>Back edges that the verifier marked count fuel.</summary>
    public bool CountFuel { get; init; }

    /// <summary>Constants are blinded, for hosts that run hostile programs.</summary>
    public bool BlindConstants { get; init; }
}
