namespace Skep.Contracts;

/// <summary>
/// The entry of a plugin assembly. The host finds every public, non-abstract implementation with a public
/// constructor without parameters, makes it once, and calls <see cref="Register"/> once.
/// </summary>
public interface IPlugin
{
    PluginInfo Info { get; }

    /// <summary>Lists the providers that the plugin adds. It registers types only and has no other effect; providers are built later, if at all.</summary>
    void Register(IPluginRegistry registry);
}
