using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Skep.Findings;
using Skep.Hosting.Tests.Support;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Tests;

/// <summary>A disposed host's load contexts are really gone: each is seen by a weak reference.</summary>
public sealed class UnloadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly PluginForge _forge = new();

    public void Dispose() => _forge.Dispose();

    [Fact]
    public void Disposing_a_host_unloads_every_context()
    {
        _forge.Add("A", Sources.Map("A", "a/map", "TimeProvider time, ITraceOutput output"));
        _forge.Add("B", Sources.Sample);
        SkepHost host = CreateAndUse(null);
        Assert.Equal(2, host.Plugins.Length);
        Assert.All(host.Plugins, plugin => Assert.True(plugin.Probe!.IsAlive));
        host.Dispose();
        AssertGone(host);
        Assert.Throws<ObjectDisposedException>(() => host.Runtime);
        host.Dispose();
    }

    [Fact]
    public void A_refused_plugin_is_unloaded_at_once()
    {
        _forge.Add("A", Sources.Map("A", "a/map"));
        _forge.Add("B", Sources.Map("B", "a/map", onMake: "Refused.Value = new WeakReference(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(typeof(TheMap).Assembly), true); AppDomain.CurrentDomain.SetData(\"refused\", Refused.Value);")
            + "public static class Refused { public static WeakReference Value; }");
        using SkepHost host = CreateAndUse(null);
        Assert.Single(host.Findings);
        var probe = (WeakReference)AppDomain.CurrentDomain.GetData("refused")!;
        AssertCollected(probe);
    }

    [Fact]
    public void A_host_whose_services_were_asked_for_loggers_of_plugin_types_keeps_nothing()
    {
        _forge.Add("A", "using Microsoft.Extensions.Logging;\n" + Sources.Map("A", "a/map", "ILogger<TheMap> logger", "logger.LogInformation(\"made\");"));
        var lines = new List<string>();
        using ServiceProvider services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(new ListLog(lines)))
            .BuildServiceProvider();
        SkepHost host = CreateAndUse(services);
        Assert.Empty(host.Findings);
        Assert.Equal(["TheMap: made"], lines);
        host.Dispose();
        AssertGone(host);
    }

    [Fact]
    public void A_host_in_use_refuses_to_unload_and_says_who_uses_it()
    {
        _forge.Add("A", Sources.Map("A", "a/map"));
        SkepHost host = CreateAndUse(null);
        Finding finding = RefuseWhileMapLives(host);
        Assert.Equal(("SKEP5114", "A"), (finding.Rule.Id, finding.Place.Plugin!));
        Assert.Contains("used by map counts (id 1)", finding.Message, StringComparison.Ordinal);
        Assert.Equal(PluginState.Loaded, host.Plugins[0].State);
        Assert.Empty(host.TryUnload(TimeSpan.Zero));
        AssertGone(host);
    }

    [Fact]
    public void Disposing_a_host_in_use_ends_the_use()
    {
        _forge.Add("A", Sources.Map("A", "a/map"));
        SkepHost host = CreateAndUse(null);
        LoadAndForget(host);
        host.Dispose();
        Assert.Empty(host.Findings);
        AssertGone(host);
    }

    [Fact]
    public void Hosts_come_and_go_a_hundred_times()
    {
        _forge.Add("A", Sources.Map("A", "a/map"));
        List<UnloadProbe> probes = [];
        for (int i = 0; i < 100; i++)
        {
            using SkepHost host = CreateAndUse(null);
            probes.Add(host.Plugins[0].Probe!);
        }

        Assert.All(probes, probe => Assert.True(probe.WaitUntilGone(Patience)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SkepHost CreateAndUse(IServiceProvider? services)
    {
        SkepHost host = SkepHost.Create(skep => skep.AddPluginFolder(_forge.Root), services);
        _ = host.Runtime.Registry.MapTypes[0].Provider.Descriptor.ToString();
        _ = host.Plugins[0].Manifest;
        return host;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadAndForget(SkepHost host) => LoadMap(host);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Finding RefuseWhileMapLives(SkepHost host)
    {
        using LoadedObject loaded = LoadMap(host);
        return Assert.Single(host.TryUnload(TimeSpan.FromMilliseconds(20)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LoadedObject LoadMap(SkepHost host)
    {
        var map = new MapSpec { Name = "counts", Type = new MapTypeReference(default, "a/map"), KeySize = 4, ValueSize = 8, MaxEntries = 1 };
        return host.Runtime.Load(new ObjectSpec { Name = "test.o", Programs = [], Maps = [map] }).GetOrThrow();
    }

    private static void AssertGone(SkepHost host)
        => Assert.All(host.Plugins, plugin =>
        {
            Assert.True(plugin.Probe!.WaitUntilGone(Patience), plugin.Probe.ToString());
            Assert.Equal(PluginState.Unloaded, plugin.State);
        });

    private static void AssertCollected(WeakReference reference)
    {
        for (int i = 0; i < 50 && reference.IsAlive; i++)
        {
#pragma warning disable RS0030 // A refused plugin has no handle and so no probe.
            GC.Collect();
#pragma warning restore RS0030
            GC.WaitForPendingFinalizers();
        }

        Assert.False(reference.IsAlive);
    }

    private sealed class ListLog(List<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new ListLogger(categoryName, lines);

        public void Dispose()
        {
        }

        private sealed class ListLogger(string category, List<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
                => lines.Add($"{category}: {formatter(state, exception)}");
        }
    }
}
