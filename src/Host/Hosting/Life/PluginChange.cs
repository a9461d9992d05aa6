using System.Collections.Immutable;
using Skep.Findings;

namespace Skep.Hosting;

/// <summary>What a host was asked to do with a plugin.</summary>
public enum PluginChangeKind : byte
{
    Load,
    Upgrade,
    Drain,
    Resume,
    Unload,
}

/// <summary>How a change of a host's plugins ended. Data only: keeping it keeps nothing of a plugin.</summary>
/// <param name="Subject">The plugin's name or file, as it was asked for.</param>
public sealed record PluginChange(PluginChangeKind Kind, string Subject)
{
    /// <summary>When not, the host is as it was, but for what <see cref="AtDeadline.TakeAway"/> took away.</summary>
    public bool Succeeded => !Findings.Any(finding => finding.IsError);

    /// <summary>What was wrong, what prevented it, what was taken away.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>The plugins that came.</summary>
    public ImmutableArray<PluginHandle> Came { get; init; } = [];

    /// <summary>The plugins that were asked to go: those that have, and those whose users keep them.</summary>
    public ImmutableArray<PluginHandle> Went { get; init; } = [];

    public override string ToString()
    {
        string done = Kind switch
        {
            PluginChangeKind.Load => "loaded",
            PluginChangeKind.Upgrade => "upgraded",
            PluginChangeKind.Drain => "drained",
            PluginChangeKind.Resume => "resumed",
            _ => "unloaded",
        };
        string went = string.Join(", ", Went.Select(plugin => plugin.ToString()));
        string came = string.Join(", ", Came.Select(plugin => plugin.ToString()));
        return !Succeeded ? $"{Subject} was not {done}"
            : Kind == PluginChangeKind.Upgrade ? $"{done} {went} to {came}"
            : $"{done} {(came.Length > 0 ? came : went.Length > 0 ? went : Subject)}";
    }
}
