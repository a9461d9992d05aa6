using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins.Loader;
using Skep.Contracts;
using Skep.Hosting.Trust;

namespace Skep.Hosting.Files;

/// <summary>
/// A plugin's file as a collectible load context that shares Skep.Core, the logging abstractions and what the host chose with the host, and
/// nothing else. The only type that names McMaster.NETCore.Plugins, so that hosts without files never load it.
/// </summary>
internal sealed class PluginContext : IDisposable
{
    /// <summary>Comes with this assembly, so it can always be shared; the builder loads it at once, lazy or not.</summary>
    private static readonly AssemblyName LoggingAbstractions = new("Microsoft.Extensions.Logging.Abstractions");

    private readonly StagedPlugins? _copy;
    private AssemblyLoadContext? _context;

    private PluginContext(AssemblyLoadContext context, Assembly assembly, UnloadProbe probe, StagedPlugins? copy)
    {
        _context = context;
        _copy = copy;
        Assembly = assembly;
        Probe = probe;
    }

    /// <summary>The plugin's assembly; null once disposed.</summary>
    public Assembly? Assembly { get; private set; }

    /// <summary>The hashes of what was loaded; null where it was not copied.</summary>
    public PluginLedgerEntry? Ledger => _copy?.Entries.Values.SingleOrDefault();

    /// <summary>Tells whether the context is gone; does not keep it.</summary>
    public UnloadProbe Probe { get; }

    /// <param name="copy">What <paramref name="path"/> lies in; disposed with this. Null when it is the plugin's own file.</param>
    /// <exception cref="BadImageFormatException">The runtime refuses the image; other exceptions of <see cref="Assembly.LoadFrom(string)"/> likewise.</exception>
    public static PluginContext Open(string path, IEnumerable<AssemblyName> shared, StagedPlugins? copy = null)
    {
        // Not PluginLoader: that also parses runtimeconfig.json files for probing paths, which plugins do not have, at 30 ms of JSON.
        AssemblyLoadContextBuilder builder = new AssemblyLoadContextBuilder()
            .SetMainAssemblyPath(path)
            .SetDefaultContext(AssemblyLoadContext.Default)
            .EnableUnloading()
            .IsLazyLoaded(true) // Otherwise every assembly that a shared one references is loaded here and now.
            .PreferDefaultLoadContextAssembly(typeof(IPlugin).Assembly.GetName())
            .PreferDefaultLoadContextAssembly(LoggingAbstractions);
        foreach (AssemblyName name in shared)
        {
            builder.PreferDefaultLoadContextAssembly(name);
        }

        AssemblyLoadContext context = builder.Build();
        try
        {
            Assembly assembly = context.LoadFromAssemblyPath(path);
            return new PluginContext(context, assembly, UnloadProbe.Of(assembly), copy);
        }
        catch
        {
            context.Unload();
            throw;
        }
    }

    /// <summary>Asks the runtime to unload; it does once nothing refers to the context any more, which <see cref="Probe"/> can prove.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Dispose()
    {
        Assembly = null;
        _context?.Unload();
        _context = null;
        _copy?.Dispose();
    }
}
