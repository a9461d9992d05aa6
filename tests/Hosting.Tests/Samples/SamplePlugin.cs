using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;

namespace Skep.Hosting.Tests.Samples;

/// <summary>Compiled twice: into the tests, for static composition, and by them into a folder. Both must come to the same.</summary>
public sealed class SamplePlugin : IPlugin
{
    public PluginInfo Info { get; } = new("Sample", new Version(1, 2, 3), "A plugin of two kinds.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<SampleMapType>();
        registry.AddHelperSet<SampleHelpers>();
    }
}

public sealed class SampleMapType : IMapType
{
    public MapTypeDescriptor Descriptor { get; } = new()
    {
        Name = "sample/map",
        Description = "Keeps nothing.",
        KeySize = SizeRule.Exactly(4),
        ValueSize = new SizeRule(8, 64, 8),
        MaxEntries = new SizeRule(1, uint.MaxValue),
        Operations = MapOperations.Lookup | MapOperations.Update,
        IsPerCpu = true,
    };

    public Result<IMap> Create(MapSpec spec) => throw new NotSupportedException();
}

public sealed unsafe class SampleHelpers : HelperSet
{
    public SampleHelpers(TimeProvider time)
        : base("sample")
    {
        ArgumentNullException.ThrowIfNull(time);
        Add(
            new HelperDescriptor("bpf_map_lookup_elem")
            {
                Number = new HelperNumber(1),
                Description = "Finds a value.",
                Arguments =
                [
                    new HelperArgument(HelperArgumentKind.ConstMap, "map"),
                    new HelperArgument(HelperArgumentKind.MapKey, "key"),
                ],
                Result = HelperResult.MapValueOrNull,
            },
            static (invocation, map, key, r3, r4, r5) => 0);
        Add(
            new HelperDescriptor("sample/now") { IsGplOnly = true },
            (invocation, r1, r2, r3, r4, r5) => (ulong)time.GetTimestamp());
    }
}
