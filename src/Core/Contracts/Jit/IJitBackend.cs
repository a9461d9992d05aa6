using System.Collections.Immutable;
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

    /// <summary>
    /// The same for programs that have run often, and have time to be compiled again: by how fast the code is, and not by how soon it is there. By default <see cref="Preference"/>.
    /// </summary>
    public int HotPreference
    {
        get => _hotPreference ?? Preference;
        init => _hotPreference = value;
    }

    private readonly int? _hotPreference;
}

/// <summary>
/// Turns lowered bytecode into code. A pure function: it maps no memory and compiles for its architecture on any machine. Whether its
/// code can run here is said by <see cref="IAvailability"/>, which it may also implement.
/// </summary>
public interface IJitBackend
{
    JitBackendDescriptor Descriptor { get; }

    /// <param name="program">Proved wholly (<see cref="LoweredProgram.IsProved"/>): the code checks nothing but what <see cref="LoweredProgram"/> asks for.</param>
    /// <exception cref="NotSupportedException">The program has something that this back end cannot compile; the core takes the next one, with a finding.</exception>
    CompiledCode Compile(LoweredProgram program, JitOptions options);
}

/// <summary>How to compile.</summary>
public sealed record JitOptions
{
    public static readonly JitOptions Default = new();

    /// <summary>Constants that the program chose never appear in code, for hosts that run hostile programs.</summary>
    public bool BlindConstants { get; init; }

    /// <summary>The system whose C calling convention the code keeps.</summary>
    public JitSystem System { get; init; } = OperatingSystem.IsWindows() ? JitSystem.Windows : JitSystem.Unix;

    /// <summary>
    /// Names of processor features that the code may use, as the back end's documentation lists them; null for those of this machine when it has the back end's
    /// architecture, else for the architecture's base.
    /// </summary>
    public ImmutableHashSet<string>? Features { get; init; }
}

/// <summary>Systems by calling convention.</summary>
public enum JitSystem : byte
{
    Unix,
    Windows,
}
