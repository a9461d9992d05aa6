using System.Collections.Immutable;

namespace Skep.Runtime;

/// <summary>The kinds of provider, as their identities are written: <c>map-type:hash</c>.</summary>
public enum ProviderKind : byte
{
    ProgramType,
    HelperSet,
    MapType,
    AttachPoint,
    JitBackend,
}

/// <summary>A provider's identity within a runtime.</summary>
public readonly record struct ProviderKey(ProviderKind Kind, string Name)
{
    public override string ToString() => $"{KindName(Kind)}:{Name}";

    /// <summary>The kind as people write it: <c>map-type</c>.</summary>
    public static string KindName(ProviderKind kind) => kind switch
    {
        ProviderKind.ProgramType => "program-type",
        ProviderKind.HelperSet => "helper-set",
        ProviderKind.MapType => "map-type",
        ProviderKind.AttachPoint => "attach-point",
        _ => "jit",
    };
}

/// <summary>What the host chose among the providers that plugins offer.</summary>
public sealed record CompositionPolicy
{
    public static readonly CompositionPolicy Default = new();

    /// <summary>Providers that are left out.</summary>
    public ImmutableHashSet<ProviderKey> Without { get; init; } = [];

    /// <summary>Whose provider is taken where several plugins offer one of the same name: the plugin's name.</summary>
    public ImmutableDictionary<ProviderKey, string> Prefer { get; init; } = ImmutableDictionary<ProviderKey, string>.Empty;

    /// <summary>The only helpers that programs may call; null for all that their types allow.</summary>
    public HelperAllowance? Helpers { get; init; }
}
