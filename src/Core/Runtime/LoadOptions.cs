using System.Collections.Immutable;
using Skep.Verification;

namespace Skep.Runtime;

/// <summary>How an object or a program is loaded.</summary>
public sealed record LoadOptions
{
    public static readonly LoadOptions Default = new();

    /// <summary>Names of the programs to load; empty loads all that are not marked optional (<c>SEC("?…")</c>).</summary>
    public ImmutableArray<string> Programs { get; init; } = [];

    /// <summary>Program types by program name, instead of what the section says.</summary>
    public ImmutableDictionary<string, string> ProgramTypes { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The program type, by name, of every program that <see cref="ProgramTypes"/> does not name; null leaves it to the section.</summary>
    public string? DefaultProgramType { get; init; }

    /// <summary>Maps that exist already and are used instead of the object's maps of the same name.</summary>
    public ImmutableDictionary<string, LoadedMap> Maps { get; init; } = ImmutableDictionary<string, LoadedMap>.Empty;

    /// <summary>What runs the programs: <c>auto</c>, <c>interpreter</c>, or a back end's name; null for what the runtime was told.</summary>
    public string? Engine { get; init; }

    public VerificationPolicy Verification { get; init; } = VerificationPolicy.Default;
}
