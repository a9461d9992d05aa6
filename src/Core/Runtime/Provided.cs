using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>A provider and the plugin that brought it.</summary>
public sealed record Provided<T>(T Provider, PluginRecord Owner)
    where T : class;

/// <summary>What a section name means here.</summary>
/// <param name="Target">What follows the prefix and its slash; null when nothing does.</param>
public sealed record SectionMatch(Provided<IProgramType> Type, SectionPrefix Prefix, string? Target);
