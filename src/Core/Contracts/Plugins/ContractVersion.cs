namespace Skep.Contracts;

/// <summary>
/// The version of the contracts: the major version of Skep.Core. A plugin runs on a host whose major version equals the one it was
/// built against and whose minor version is not older. While the major version is 0, minor versions count as major ones.
/// </summary>
public static class ContractVersion
{
    /// <summary>The version that this host offers.</summary>
    public static Version Current { get; } = typeof(ContractVersion).Assembly.GetName().Version ?? new Version(0, 0);

    /// <summary>Whether a plugin that was built against <paramref name="built"/> can run on <paramref name="offered"/>.</summary>
    public static bool IsCompatible(Version built, Version offered)
    {
        ArgumentNullException.ThrowIfNull(built);
        ArgumentNullException.ThrowIfNull(offered);
        return built.Major == offered.Major
            && (built.Major == 0 ? built.Minor == offered.Minor : built.Minor <= offered.Minor);
    }
}
