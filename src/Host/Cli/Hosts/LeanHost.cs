using System.Reflection;
using System.Runtime.Loader;
using Skep.Contracts;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Cli.Hosts;

/// <summary>
/// A runtime of a few named plugins, loaded into the process for good and built without a container. For processes that run one program and
/// end: a full host can replace and unload plugins, and takes longer to start.
/// </summary>
internal static class LeanHost
{
    /// <param name="folder">Holds a folder for each plugin.</param>
    /// <param name="plugins">Names of plugins, as their folders and assemblies have them.</param>
    public static Result<SkepRuntime> Create(string folder, ReadOnlySpan<string> plugins)
    {
        var registry = new RegistryBuilder(CompositionPolicy.Default);
        foreach (string plugin in plugins)
        {
            string file = Path.Combine(Path.GetFullPath(folder), plugin, plugin + ".dll");
            var place = new Place { File = file, Plugin = plugin };
            if (!File.Exists(file))
            {
                return Result<SkepRuntime>.Failure(CliRules.NoPlugins.Error(place, $"plugin {plugin}, which `skep exec` needs, is not there"));
            }

            try
            {
                Add(registry, file);
            }
#pragma warning disable CA1031 // A plugin is foreign code: whatever it throws is a finding about it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return Result<SkepRuntime>.Failure(CliRules.NoPlugins.Error(place, $"loading {plugin} failed with {exception.GetType().Name}: {exception.Message}"));
            }
        }

        Registry built = registry.Build();
        return built.Findings.Any(finding => finding.IsError)
            ? Result<SkepRuntime>.Failure(built.Findings)
            : Result<SkepRuntime>.Success(new SkepRuntime(built, Limits.Default));
    }

    private static void Add(RegistryBuilder registry, string file)
    {
        Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
        foreach (Type type in assembly.GetExportedTypes())
        {
            if (type.IsAbstract || !typeof(IPlugin).IsAssignableFrom(type))
            {
                continue;
            }

            var plugin = (IPlugin)Activator.CreateInstance(type)!;
            var registrations = new PluginRegistrations();
            plugin.Register(registrations);
            var providers = new List<object>();
            foreach (ProviderRegistration registration in registrations.Registrations)
            {
                providers.Add(Build(registration.Implementation));
            }

            registry.Add(new PluginRecord(plugin.Info, file), providers);
        }
    }

    /// <summary>Offers what every host offers (see <see cref="IPluginRegistry"/>), and nothing else.</summary>
    private static object Build(Type provider)
    {
        ConstructorInfo constructor = provider.GetConstructors()[0];
        ParameterInfo[] parameters = constructor.GetParameters();
        var arguments = new object?[parameters.Length];
        for (int index = 0; index < parameters.Length; index++)
        {
            Type wanted = parameters[index].ParameterType;
            arguments[index] = wanted == typeof(TimeProvider) ? TimeProvider.System
                : wanted == typeof(ITraceOutput) ? StandardErrorTrace.Instance
                : parameters[index].HasDefaultValue ? parameters[index].DefaultValue
                : throw new InvalidOperationException($"{provider.Name} asks for {wanted.Name}, which only a full host offers");
        }

        return constructor.Invoke(arguments);
    }
}
