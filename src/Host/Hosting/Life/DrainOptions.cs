namespace Skep.Hosting;

/// <summary>What happens to a plugin that has to leave and is still in use when its time is over.</summary>
public enum AtDeadline : byte
{
    /// <summary>It goes on: what it offers can be bound again. An old version, whose place is taken, waits on until its last user has gone.</summary>
    GoOn,

    /// <summary>
    /// It leaves: links of its attach points are detached; programs of its types, or with maps of its types, are unloaded, and the maps; programs that only call its helpers go on, and each
    /// call fails, is counted and gives the helper's error value.
    /// </summary>
    TakeAway,
}

/// <summary>How a plugin leaves; immutable.</summary>
public sealed record DrainOptions
{
    public static readonly DrainOptions Default = new();

    /// <summary>How long programs, maps and links that use the plugin have to go; 0 for those that are gone already.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    public AtDeadline AtDeadline { get; init; }

    /// <summary>
    /// How long to look for the proof that the load context is gone, with full collections; null for no look. <see cref="PluginHandle.Probe"/> gives it later just as well.
    /// </summary>
    public TimeSpan? Proof { get; init; }
}

/// <summary>How a plugin is upgraded; immutable.</summary>
public sealed record UpgradeOptions
{
    public static readonly UpgradeOptions Default = new();

    /// <summary>How the old version leaves. An upgrade does not wait for its end where the old version is still in use at the deadline and goes on.</summary>
    public DrainOptions Drain { get; init; } = DrainOptions.Default with { Deadline = TimeSpan.Zero };

    /// <summary>Programs that cannot move to the new version, because what they use of it changed, stay with the old one. Otherwise they prevent the upgrade.</summary>
    public bool LeaveDependentsBehind { get; init; }
}
