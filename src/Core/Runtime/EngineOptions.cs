namespace Skep.Runtime;

/// <summary>What runs the programs of a runtime, and how their code is made.</summary>
public sealed record EngineOptions
{
    public static readonly EngineOptions Default = new();

    /// <summary>The name of the engine: one of the constants here, or a back end's name.</summary>
    public string Engine { get; init; } = Auto;

    /// <summary>
    /// The back end that can work here and has the highest <see cref="Contracts.JitBackendDescriptor.Preference"/>; where there is none, the interpreter. After <see cref="HotRuns"/> runs the
    /// one with the highest <see cref="Contracts.JitBackendDescriptor.HotPreference"/>.
    /// </summary>
    public const string Auto = "auto";

    public const string Interpreter = "interpreter";

    /// <summary>
    /// With <see cref="Auto"/>: after so many runs a program is compiled once more, in the background, by the back end whose code is fastest, and goes on there; 0, the default, for never; 20,000 is
    /// about where it pays. Off until a million accepted programs were compared without a difference since the last defect of the CIL back end (tests/Engines.Tests/README.md).
    /// </summary>
    public int HotRuns { get; init; }

    /// <summary>Proved programs are lowered to fewer instructions that do the same, whatever the engine. Each result is compared with what it stems from.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Constants that programs chose never appear in code, for hosts that run hostile programs.</summary>
    public bool BlindConstants { get; init; }

    /// <summary>Where machine code is put, and what tells profilers of it.</summary>
    public CodeArenaOptions Code { get; init; } = CodeArenaOptions.Default;
}
