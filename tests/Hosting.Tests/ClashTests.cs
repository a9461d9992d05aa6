using Skep.Findings;
using Skep.Hosting.Tests.Support;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests;

/// <summary>Two plugins want to be the same thing: the first stays whole, the second leaves whole, unless the host says otherwise.</summary>
public sealed class ClashTests : IDisposable
{
    private readonly PluginForge _forge = new();

    public ClashTests()
    {
        _forge.Add("First", Sources.Map("First", "shared/map", description: "of the first"));
        string second = Sources.Plugin("Second", "registry.AddMapType<TheMap>(); registry.AddMapType<Other>();")
            + Sources.MapClass("TheMap", "shared/map", description: "of the second")
            + Sources.MapClass("Other", "second/other");
        _forge.Add("Second", second);
    }

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void The_second_is_refused_whole_and_both_are_named()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root));
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal(("SKEP5001", "Second"), (finding.Rule.Id, finding.Place.Plugin!));
        Assert.Contains("Second and First both offer map-type:shared/map", finding.Message, StringComparison.Ordinal);
        Assert.Equal(["First"], host.Plugins.Select(plugin => plugin.Info.Name));
        Assert.Equal(["shared/map"], MapTypes(host));
    }

    [Fact]
    public void The_order_in_which_they_are_named_decides()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFile(_forge.PathOf("Second")).AddPluginFile(_forge.PathOf("First")));
        Assert.Equal(["Second"], host.Plugins.Select(plugin => plugin.Info.Name));
    }

    [Fact]
    public void A_preference_chooses_and_both_stay()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root).Prefer(ProviderKind.MapType, "shared/map", "Second"));
        Assert.Empty(host.Findings);
        Assert.Equal(["First", "Second"], host.Plugins.Select(plugin => plugin.Info.Name));
        Provided<Contracts.IMapType> chosen = host.Runtime.Registry.FindMapType(new MapTypeReference(default, "shared/map"))!;
        Assert.Equal(("of the second", "Second"), (chosen.Provider.Descriptor.Description, chosen.Owner.Info.Name));
    }

    [Fact]
    public void A_preference_for_a_plugin_that_is_not_there_is_said()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFile(_forge.PathOf("First")).Prefer(ProviderKind.MapType, "shared/map", "Nobody"));
        Assert.Equal("SKEP5113", Assert.Single(host.Findings).Rule.Id);
        Assert.Empty(MapTypes(host));
    }

    [Fact]
    public void A_provider_can_be_left_out()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root).Without(ProviderKind.MapType, "shared/map"));
        Assert.Empty(host.Findings);
        Assert.Equal(["second/other"], MapTypes(host));
    }

    [Fact]
    public void What_is_left_out_and_not_there_is_said()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFile(_forge.PathOf("First")).Without(ProviderKind.JitBackend, "x86"));
        Assert.Equal("SKEP5003", Assert.Single(host.Findings).Rule.Id);
    }

    [Fact]
    public void A_plugin_name_is_taken_once()
    {
        _forge.Add("Third", Sources.Map("First", "third/map"));
        using SkepHost host = SkepHost.Create(skep => skep.AddPluginFile(_forge.PathOf("First")).AddPluginFile(_forge.PathOf("Third")));
        Finding finding = Assert.Single(host.Findings);
        Assert.Equal(("SKEP5001", _forge.PathOf("Third")), (finding.Rule.Id, finding.Place.File!));
    }

    private static IEnumerable<string> MapTypes(SkepHost host) => host.Runtime.Registry.MapTypes.Select(type => type.Provider.Descriptor.Name);
}
