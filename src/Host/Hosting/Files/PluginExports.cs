using System.Composition.Convention;
using System.Composition.Hosting;
using System.Reflection;
using Skep.Contracts;

namespace Skep.Hosting.Files;

/// <summary>
/// The plugins of an assembly, found by convention, so that plugins need no attribute and no reference. The only type that names System.Composition.
/// Disposing it disposes plugins that can be, so it lives until they have registered, and no longer: it would keep the load context.
/// </summary>
internal sealed class PluginExports : IDisposable
{
    private readonly CompositionHost _host;

    private PluginExports(CompositionHost host, IReadOnlyList<Lazy<IPlugin>> plugins)
    {
        _host = host;
        Plugins = plugins;
    }

    /// <summary>Each is made when its value is asked for, so that one that throws does not hide the others.</summary>
    public IReadOnlyList<Lazy<IPlugin>> Plugins { get; }

    /// <exception cref="ReflectionTypeLoadException">A public type needs an assembly that is not there.</exception>
    public static PluginExports Find(Assembly assembly)
    {
        var conventions = new ConventionBuilder();
        conventions.ForTypesMatching(IsPlugin).Export<IPlugin>();

        // Exported types only: what is internal is nobody's business and need not load.
        CompositionHost host = new ContainerConfiguration()
            .WithParts(assembly.GetExportedTypes().Where(IsPlugin), conventions)
            .CreateContainer();
        try
        {
            return new PluginExports(host, [.. host.GetExports<Lazy<IPlugin>>()]);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public void Dispose() => _host.Dispose();

    private static bool IsPlugin(Type type)
        => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
            && typeof(IPlugin).IsAssignableFrom(type)
            && type.GetConstructor(Type.EmptyTypes) is not null;
}
