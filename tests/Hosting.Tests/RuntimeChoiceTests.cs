using Autofac;
using Microsoft.Extensions.DependencyInjection;
using Skep.Contracts;
using Skep.Hosting.Tests.Samples;
using Skep.Runtime;

namespace Skep.Hosting.Tests;

/// <summary>Several runtimes beside each other, in both containers, and what a host forbids.</summary>
public sealed class RuntimeChoiceTests
{
    [Fact]
    public void Runtimes_with_names_live_beside_each_other()
    {
        ServiceProvider services = new ServiceCollection()
            .AddSkep("a", skep => skep.AddPlugin<SamplePlugin>())
            .AddSkep("b", skep => skep.Limit(limits => limits with { MaxFuel = 5 }))
            .AddSkep("a", skep => skep.UseJit("interpreter").Limit(limits => limits with { MaxFuel = 6 }))
            .BuildServiceProvider(validateScopes: true);
        Assert.Empty(services.GetRequiredService<SkepHosts>().Current);
        var a = services.GetRequiredKeyedService<SkepHost>("a");
        var b = services.GetRequiredKeyedService<SkepRuntime>("b");
        Assert.Equal(("a", 6UL, 1), (a.Name, a.Runtime.Limits.MaxFuel, a.Plugins.Length));
        Assert.Equal(("b", 5UL), (b.Name, b.Limits.MaxFuel));
        Assert.Same(b.Registry, services.GetRequiredKeyedService<Registry>("b"));
        Assert.Equal(["a", "b"], services.GetRequiredService<SkepHosts>().Current.Select(host => host.Name));
        a.Dispose();
        Assert.Equal("b", Assert.Single(services.GetRequiredService<SkepHosts>().Current).Name);
        services.Dispose();
        Assert.True(a.IsDisposed);
    }

    [Fact]
    public void A_module_does_the_same_in_Autofac()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule(new SkepModule(skep => skep.AddPlugin<SamplePlugin>()));
        builder.RegisterModule(new SkepModule((skep, context) => skep.AddPlugin(context.Resolve<IPlugin>()), "beside"));
        builder.RegisterType<SamplePlugin>().As<IPlugin>();
        builder.RegisterInstance<TimeProvider>(new OwnTime());
        SkepHost host;
        using (IContainer container = builder.Build())
        {
            host = container.Resolve<SkepHost>();
            Assert.Same(host.Runtime, container.Resolve<SkepRuntime>());
            Assert.Same(host.Runtime.Registry, container.Resolve<Registry>());
            SkepHost beside = container.ResolveKeyed<SkepHost>("beside");
            Assert.NotSame(host, beside);
            Assert.Equal(("default", "beside"), (host.Name, container.ResolveKeyed<SkepRuntime>("beside").Name));
            Assert.Equal(2, container.Resolve<SkepHosts>().Current.Count);
        }

        Assert.True(host.IsDisposed);
    }

    [Fact]
    public void Providers_get_the_services_of_an_Autofac_host()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule(new SkepModule(skep => skep.AddPlugin<DependencyInjectionTests.AskingPlugin>()));
        var time = new OwnTime();
        builder.RegisterInstance<TimeProvider>(time);
        using IContainer container = builder.Build();
        var type = (DependencyInjectionTests.AskingMapType)container.Resolve<Registry>().MapTypes[0].Provider;
        Assert.Same(time, type.Time);
    }

    [Fact]
    public void Helpers_are_allowed_by_name_pattern_or_set()
    {
        using SkepHost none = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>().AllowHelpers());
        Assert.All(none.Runtime.Registry.Helpers, helper => Assert.True(helper.IsForbidden));
        HelperBinding sample = none.Runtime.Registry.Helpers[0];
        foreach (string entry in (string[])[sample.Descriptor.Name, sample.Descriptor.CIdentifier, sample.Set, sample.Descriptor.Name[..3] + "*"])
        {
            using SkepHost host = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>().AllowHelpers(entry));
            Assert.Empty(host.Findings);
            Assert.False(host.Runtime.Registry.Helpers[0].IsForbidden);
        }

        using SkepHost wrong = SkepHost.Create(skep => skep.AddPlugin<SamplePlugin>().AllowHelpers("no/such").AllowHelpers(sample.Set));
        Assert.Equal(RegistryRules.UnknownPreference, Assert.Single(wrong.Findings).Rule);
        Assert.False(wrong.Runtime.Registry.Helpers[0].IsForbidden);
    }

    private sealed class OwnTime : TimeProvider;
}
