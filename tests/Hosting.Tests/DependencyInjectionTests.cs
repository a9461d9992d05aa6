using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using Skep.Contracts;
using Skep.Findings;
using Skep.Hosting.Tests.Samples;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests;

/// <summary>The door for hosts with a service provider.</summary>
public sealed class DependencyInjectionTests
{
    [Fact]
    public void AddSkep_offers_host_runtime_and_registry_as_one()
    {
        ServiceProvider services = new ServiceCollection().AddSkep(skep => skep.AddPlugin<SamplePlugin>()).BuildServiceProvider(validateScopes: true);
        var host = services.GetRequiredService<SkepHost>();
        var runtime = services.GetRequiredService<SkepRuntime>();
        Assert.Same(host.Runtime, runtime);
        Assert.Same(runtime.Registry, services.GetRequiredService<Registry>());
        Assert.Same(host, services.GetRequiredService<SkepHost>());
        services.Dispose();
        Assert.Throws<ObjectDisposedException>(() => host.Runtime);
        Assert.Equal(PluginState.Unloaded, host.Plugins[0].State);
    }

    [Fact]
    public void AddSkep_twice_adds_to_the_same_host()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSkep(skep => skep.AddPlugin<SamplePlugin>().Limit(limits => limits with { MaxFuel = 7 }))
            .AddSkep(skep => skep.AddPlugin<AskingPlugin>().Limit(limits => limits with { MaxFindings = 8 }))
            .BuildServiceProvider();
        SkepHost host = Assert.Single(services.GetServices<SkepHost>());
        Assert.Equal(["Sample", "Asking"], host.Plugins.Select(plugin => plugin.Info.Name));
        Assert.Equal((7UL, 8), (host.Runtime.Limits.MaxFuel, host.Runtime.Limits.MaxFindings));
    }

    [Fact]
    public void Providers_get_the_services_of_the_host()
    {
        var time = Mock.Of<TimeProvider>();
        var output = Mock.Of<ITraceOutput>();
        using ServiceProvider services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(time)
            .AddSingleton(output)
            .AddSkep(skep => skep.AddPlugin<AskingPlugin>())
            .BuildServiceProvider();
        AskingMapType asking = FindAsking(services.GetRequiredService<SkepHost>());
        Assert.Same(time, asking.Time);
        Assert.Same(output, asking.Output);
        Assert.IsType<Logger<AskingMapType>>(asking.Logger);
    }

    [Fact]
    public void Without_a_host_providers_get_defaults()
    {
        using SkepHost host = SkepHost.Create(skep => skep.AddPlugin<AskingPlugin>());
        AskingMapType asking = FindAsking(host);
        Assert.Same(TimeProvider.System, asking.Time);
        asking.Output.Write(default);
        Assert.False(asking.Logger.IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void The_builders_output_goes_before_the_services()
    {
        var chosen = Mock.Of<ITraceOutput>();
        using ServiceProvider services = new ServiceCollection()
            .AddSingleton(Mock.Of<ITraceOutput>())
            .AddSkep(skep => skep.AddPlugin<AskingPlugin>().TraceTo(chosen))
            .BuildServiceProvider();
        Assert.Same(chosen, FindAsking(services.GetRequiredService<SkepHost>()).Output);
    }

    [Fact]
    public void Findings_are_logged()
    {
        var log = new Mock<ILogger>();
        log.Setup(logger => logger.IsEnabled(It.IsAny<LogLevel>())).Returns(true);
        var factory = Mock.Of<ILoggerFactory>(mock => mock.CreateLogger("Skep.Hosting") == log.Object);
        using ServiceProvider services = new ServiceCollection()
            .AddSingleton(factory)
            .AddSkep(skep => skep.AddPluginFolder("/nowhere"))
            .BuildServiceProvider();
        Assert.Single(services.GetRequiredService<SkepHost>().Findings);
        Assert.Equal(LogLevel.Error, log.Invocations.Single(call => call.Method.Name == "Log").Arguments[0]);
    }

    [Fact]
    public void Services_of_the_host_outlive_skep()
    {
        var output = new Mock<ITraceOutput>();
        var disposable = output.As<IDisposable>();
        var services = Mock.Of<IServiceProvider>(mock => mock.GetService(typeof(ITraceOutput)) == output.Object);
        SkepHost.Create(skep => skep.AddPlugin<AskingPlugin>(), services).Dispose();
        disposable.Verify(mock => mock.Dispose(), Times.Never);
    }

    private static AskingMapType FindAsking(SkepHost host)
    {
        Assert.Empty(host.Findings);
        return (AskingMapType)host.Runtime.Registry.FindMapType(new MapTypeReference(default, "asking/map"))!.Provider;
    }

    public sealed class AskingPlugin : IPlugin
    {
        public PluginInfo Info { get; } = new("Asking", new Version(1, 0), "Asks the host for services.");

        public void Register(IPluginRegistry registry)
        {
            ArgumentNullException.ThrowIfNull(registry);
            registry.AddMapType<AskingMapType>();
        }
    }

    public sealed class AskingMapType(TimeProvider time, ITraceOutput output, ILogger<AskingMapType> logger) : IMapType
    {
        public TimeProvider Time => time;

        public ITraceOutput Output => output;

        public ILogger Logger => logger;

        public MapTypeDescriptor Descriptor { get; } = new()
        {
            Name = "asking/map",
            Description = "Keeps nothing.",
            KeySize = SizeRule.Zero,
            ValueSize = SizeRule.Zero,
            MaxEntries = SizeRule.Zero,
            Operations = MapOperations.None,
        };

        public Result<IMap> Create(MapSpec spec) => throw new NotSupportedException();
    }
}
