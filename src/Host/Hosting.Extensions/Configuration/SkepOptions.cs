using Skep.Runtime;

namespace Skep.Hosting.Configuration;

/// <summary>
/// A runtime as a configuration section describes it; each key has the name of a property here, and a key that is none is an error. Relative paths start at the host's content
/// root, or at the application's folder where there is no such host. What is said in code after the section goes before it.
/// </summary>
public sealed class SkepOptions
{
    /// <summary>As <see cref="SkepBuilder.AddPluginFolder"/>.</summary>
    public IList<string> PluginFolders { get; init; } = [];

    /// <summary>As <see cref="SkepBuilder.AddPluginFile"/>.</summary>
    public IList<string> PluginFiles { get; init; } = [];

    /// <summary>The name of a plugin by provider: <c>"map-type:hash": "Acme.Maps"</c>.</summary>
    /// <remarks>A colon separates sections in configuration, so a key there is written with a slash too: <c>map-type/hash</c>.</remarks>
    public IDictionary<string, string> Prefer { get; init; } = new Dictionary<string, string>();

    /// <summary>Providers to leave out: <c>helper-set:probe_read</c>.</summary>
    public IList<string> Without { get; init; } = [];

    /// <summary>As <see cref="SkepBuilder.UseEngine"/>; null for the default.</summary>
    public string? Engine { get; init; }

    /// <summary>As <see cref="SkepBuilder.AllowHelpers"/>; null for all.</summary>
    public IList<string>? AllowHelpers { get; init; }

    /// <summary>Null for <see cref="Runtime.Limits.Default"/>; what is not said of it stays as it is there.</summary>
    public Limits? Limits { get; init; }

    /// <summary>As <see cref="SkepBuilder.RequireTrust"/>; null for no list.</summary>
    public string? TrustFile { get; init; }

    /// <summary>As <see cref="SkepBuilder.RequireLock"/>; null for no list.</summary>
    public string? LockFile { get; init; }

    /// <summary>As <see cref="SkepBuilder.CountRuns"/>.</summary>
    public bool CountRuns { get; init; }

    /// <summary>What the hosted service loads and attaches, in this order.</summary>
    public IList<ObjectOptions> Objects { get; init; } = [];
}

/// <summary>An object file that a hosted service loads.</summary>
public sealed class ObjectOptions
{
    /// <summary>The file's path.</summary>
    public string File { get; init; } = "";

    /// <summary>As <see cref="LoadOptions.Programs"/>.</summary>
    public IList<string> Programs { get; init; } = [];

    /// <summary>What a program is attached to, by its name: <c>"tick": "timer:1s"</c>. Others are attached as their section says; where that says nothing, they are only loaded.</summary>
    public IDictionary<string, string> Attach { get; init; } = new Dictionary<string, string>();
}
