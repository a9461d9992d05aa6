using System.Runtime.Loader;
using Skep.Contracts;
using Skep.Hosting.Tests.Support;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests;

/// <summary>What plugins share with the host and with each other, and what not.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly PluginForge _forge = new();

    public interface IWeather
    {
        string Today { get; }
    }

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void A_private_dependency_may_have_another_version_than_the_hosts()
    {
        // The tests have a Castle.Core of their own, by way of Moq.
        Version host = typeof(Castle.DynamicProxy.ProxyGenerator).Assembly.GetName().Version!;
        byte[] dependency = PluginForge.Library("Castle.Core", "99.1.0.0", "namespace Castle { public static class Own { public static string Word => \"from 99\"; } }");
        string source = Sources.Map("A", "a/map", onMake: "Descriptor = Descriptor with { Description = Castle.Own.Word + \" \" + typeof(Castle.Own).Assembly.GetName().Version };");
        _forge.Add("A", source, dependency);
        _forge.Lay(Path.Combine(_forge.Root, "A", "Castle.Core.dll"), dependency);
        using SkepHost skep = SkepHost.Create(builder => builder.AddPluginFolder(_forge.Root));
        Assert.Empty(skep.Findings);
        Assert.Equal("from 99 99.1.0.0", Find(skep, "a/map").Descriptor.Description);
        Assert.NotEqual(99, host.Major);
    }

    [Fact]
    public void Two_plugins_may_have_different_versions_of_one_dependency()
    {
        foreach ((string plugin, string version) in (ReadOnlySpan<(string, string)>)[("A", "1.0.0.0"), ("B", "2.0.0.0")])
        {
            byte[] dependency = PluginForge.Library("Dep", version, "public static class Dep { }");
            string source = Sources.Map(plugin, plugin + "/map", onMake: "Descriptor = Descriptor with { Description = typeof(Dep).Assembly.GetName().Version.ToString() };");
            _forge.Add(plugin, source, dependency);
            _forge.Lay(Path.Combine(_forge.Root, plugin, "Dep.dll"), dependency);
        }

        using SkepHost skep = SkepHost.Create(builder => builder.AddPluginFolder(_forge.Root));
        Assert.Equal(["1.0.0.0", "2.0.0.0"], skep.Runtime.Registry.MapTypes.Select(type => type.Provider.Descriptor.Description));
    }

    [Fact]
    public void A_copy_of_the_contracts_beside_a_plugin_does_no_harm()
    {
        _forge.Add("A", Sources.Map("A", "a/map"));
        File.Copy(typeof(IPlugin).Assembly.Location, Path.Combine(_forge.Root, "A", "Skep.Core.dll"));
        using SkepHost skep = SkepHost.Create(builder => builder.AddPluginFolder(_forge.Root));
        Assert.Empty(skep.Findings);
        Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(Find(skep, "a/map").Descriptor.GetType().Assembly));
    }

    [Fact]
    public void Two_hosts_with_different_plugins_live_in_one_process()
    {
        _forge.Add("A", Sources.Map("A", "a/map"));
        _forge.Add("B", Sources.Map("B", "b/map"));
        using SkepHost one = SkepHost.Create(builder => builder.AddPluginFolder(_forge.Root).Without(ProviderKind.MapType, "b/map"));
        using (SkepHost two = SkepHost.Create(builder => builder.AddPluginFile(_forge.PathOf("A"))))
        {
            Assert.NotSame(Find(one, "a/map"), Find(two, "a/map"));
            Assert.NotSame(Find(one, "a/map").GetType(), Find(two, "a/map").GetType());
        }

        Assert.Equal(PluginState.Loaded, one.Plugins[0].State);
        Assert.NotNull(one.Runtime.Registry.FindMapType(new MapTypeReference(default, "a/map")));
    }

    [Fact]
    public void A_host_may_share_an_assembly_and_offer_a_service_from_it()
    {
        byte[] image = File.ReadAllBytes(typeof(IsolationTests).Assembly.Location);
        string source = Sources.Map("A", "a/map", "Skep.Hosting.Tests.IsolationTests.IWeather weather", "Descriptor = Descriptor with { Description = weather.Today };");
        _forge.Add("A", source, image);
        var weather = Moq.Mock.Of<IWeather>(mock => mock.Today == "sunny");
        var services = Moq.Mock.Of<IServiceProvider>(mock => mock.GetService(typeof(IWeather)) == weather);
        using SkepHost skep = SkepHost.Create(builder => builder.AddPluginFolder(_forge.Root).Share<IWeather>(), services);
        Assert.Empty(skep.Findings);
        Assert.Equal("sunny", Find(skep, "a/map").Descriptor.Description);
    }

    private static IMapType Find(SkepHost host, string name) => host.Runtime.Registry.FindMapType(new MapTypeReference(default, name))!.Provider;
}
