using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Skep.Contracts;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Hosting.Extensions.Tests;

/// <summary>A runtime that starts and stops with its application.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task What_is_listed_is_attached_at_the_start_and_gone_after_the_stop()
    {
        HostApplicationBuilder builder = Runtimes.Application(("Skep:Objects:0:File", "counter.bpf.o"), ("Skep:Objects:0:Attach:count", "timer:1ms"));
        builder.Services.AddSkep(builder.Configuration.GetSection("Skep")).AddSkep(skep => skep.AddSamples());
        using IHost application = builder.Build();
        await application.StartAsync();
        var runtime = application.Services.GetRequiredService<SkepRuntime>();
        Link link = Assert.Single(runtime.Links);
        Assert.Equal(("timer", "1ms", "count"), (link.AttachPoint, link.Target, link.Program.Name));
        Assert.True(SpinWait.SpinUntil(() => link.Events > 2, TimeSpan.FromSeconds(30)));
        await application.StopAsync();
        Assert.True(link.IsDisposed);
        Assert.Empty(runtime.Links);
        Assert.Empty(runtime.Programs);
        Assert.Empty(runtime.Maps);
    }

    [Fact]
    public async Task Without_a_place_programs_are_attached_as_their_section_says()
    {
        HostApplicationBuilder builder = Runtimes.Application(("Skep:Objects:0:File", Runtimes.Counter));
        builder.Services.AddSkep(builder.Configuration.GetSection("Skep")).AddSkep(skep => skep.AddSamples());
        using IHost application = builder.Build();
        await application.StartAsync();
        Assert.Equal("100ms", Assert.Single(application.Services.GetRequiredService<SkepRuntime>().Links).Target);
        await application.StopAsync();
    }

    [Theory]
    [InlineData("Skep:Objects:1:File", "missing.o", "SKEP1")]
    [InlineData("Skep:Objects:0:Attach:nobody", "timer:1s", "SKEP2009")]
    [InlineData("Skep:Objects:0:Attach:count", "nowhere:1s", "SKEP6")]
    [InlineData("Skep:AllowHelpers:0", "nothing", "SKEP2015")]
    public async Task A_list_that_cannot_be_had_whole_stops_the_start_and_leaves_nothing(string key, string value, string rule)
    {
        HostApplicationBuilder builder = Runtimes.Application(("Skep:Objects:0:File", Runtimes.Counter), (key, value));
        builder.Services.AddSkep(builder.Configuration.GetSection("Skep")).AddSkep(skep => skep.AddSamples());
        using IHost application = builder.Build();
        var exception = await Assert.ThrowsAsync<FindingsException>(() => application.StartAsync());
        Assert.Contains(exception.Findings, finding => finding.IsError && finding.Rule.Id.StartsWith(rule, StringComparison.Ordinal));
        var runtime = application.Services.GetRequiredService<SkepRuntime>();
        Assert.Empty(runtime.Links);
        Assert.Empty(runtime.Programs);
    }

    [Fact]
    public void A_service_is_added_once_for_each_runtime()
    {
        var services = new ServiceCollection();
        services.AddSkepService().AddSkepService("a").AddSkepService().AddSkepService("a");
        Assert.Equal(2, services.Count(service => service.ServiceType == typeof(IHostedService)));
    }
}
