namespace Skep.Hosting.Tests.Support;

/// <summary>C# of small plugins.</summary>
internal static class Sources
{
    public const string Usings = "using System; using System.Collections.Generic; using System.Collections.Immutable; using Skep.Contracts; using Skep.Findings; using Skep.Programs;\n";

    /// <summary>A plugin that adds one map type.</summary>
    /// <param name="constructor">Parameters of the map type's constructor.</param>
    /// <param name="onMake">Its body.</param>
    public static string Map(string plugin, string map, string constructor = "", string onMake = "", string description = "A map.", int? number = null)
        => Plugin(plugin, "registry.AddMapType<TheMap>();") + MapClass("TheMap", map, constructor, onMake, description, number);

    /// <summary>The plugin's class alone, whose name is not its assembly's.</summary>
    public static string Plugin(string plugin, string register, string constructor = "", string? info = null, string interfaces = "", string members = "")
        => Usings + $$"""
            public sealed class ThePlugin : IPlugin{{interfaces}}
            {
                public ThePlugin() { {{constructor}} }
                public PluginInfo Info => {{info ?? $"new PluginInfo(\"{plugin}\", new Version(1, 2), \"Made for a test.\")"}};
                public void Register(IPluginRegistry registry) { {{register}} }
                {{members}}
            }

            """;

    public static string MapClass(string type, string map, string constructor = "", string onMake = "", string description = "A map.", int? number = null)
        => $$"""
            public sealed class {{type}} : IMapType
            {
                public {{type}}({{constructor}}) { {{onMake}} }
                public MapTypeDescriptor Descriptor { get; set; } = new MapTypeDescriptor
                {
                    Name = "{{map}}", Description = "{{description}}", {{(number is null ? "" : $"Number = new MapTypeNumber({number}),")}}
                    KeySize = SizeRule.Exactly(4), ValueSize = new SizeRule(1, 64), MaxEntries = new SizeRule(1, 100), Operations = MapOperations.Lookup,
                };
                public Result<IMap> Create(MapSpec spec) => Result<IMap>.Success(new Made(spec));

                private sealed class Made : IMap
                {
                    public Made(MapSpec spec) { Spec = spec; }
                    public MapSpec Spec { get; }
                    public long MemoryBytes => 0;
                    public void Dispose() { }
                }
            }

            """;

    /// <summary>A plugin of a map type and a helper set; also compiled into this assembly as <see cref="Samples.SamplePlugin"/>.</summary>
    public static string Sample => "using System;\n" + File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "SamplePlugin.cs"));
}
