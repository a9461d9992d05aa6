namespace Skep.Contracts;

/// <summary>Who a plugin is.</summary>
/// <param name="Name">Unique among the loaded plugins; by convention the assembly's name, such as <c>Skep.Maps.Hash</c>.</param>
/// <param name="Description">One sentence for lists.</param>
public sealed record PluginInfo(string Name, Version Version, string Description)
{
    /// <summary>The info of a plugin that is named and versioned as its assembly is.</summary>
    public static PluginInfo FromAssembly(Type type, string description)
    {
        ArgumentNullException.ThrowIfNull(type);
        System.Reflection.AssemblyName name = type.Assembly.GetName();
        return new PluginInfo(name.Name ?? type.Name, name.Version ?? new Version(0, 0), description);
    }
}
