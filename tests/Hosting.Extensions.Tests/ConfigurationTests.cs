using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Skep.Findings;
using Skep.Runtime;

namespace Skep.Hosting.Extensions.Tests;

/// <summary>A runtime as configuration describes it.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task A_section_says_what_the_builder_can_say()
    {
        HostApplicationBuilder builder = Runtimes.Application(
            ("Skep:Engine", "interpreter"),
            ("Skep:AllowHelpers:0", "bpf_map_*"),
            ("Skep:Limits:MaxFuel", "12345"),
            ("Skep:Without:0", "helper-set:trace"),
            ("Skep:Prefer:map-type/array", "Skep.Maps.Array"),
            ("Skep:CountRuns", "true"),
            ("Skep:PluginFolders:0", "no-such-folder"));
        builder.Services.AddSkep(builder.Configuration.GetSection("Skep")).AddSkep(skep => skep.AddSamples());
        using IHost application = builder.Build();
        await application.StartAsync();
        var host = application.Services.GetRequiredService<SkepHost>();
        Assert.Equal(12345UL, host.Runtime.Limits.MaxFuel);
        Assert.Equal(Limits.Default.MaxMapBytes, host.Runtime.Limits.MaxMapBytes);
        Assert.True(host.Runtime.CountsRuns);
        Assert.DoesNotContain(host.Runtime.Registry.HelperSets, set => set.Provider.Descriptor.Name == "trace");
        Assert.All(host.Runtime.Registry.Helpers, helper => Assert.Equal(!helper.Descriptor.Name.StartsWith("bpf_map_", StringComparison.Ordinal), helper.IsForbidden));
        Finding missing = Assert.Single(host.Findings);
        Assert.Equal(Path.Combine(AppContext.BaseDirectory, "no-such-folder"), missing.Place.File);
        await application.StopAsync();
    }

    [Theory]
    [InlineData("Skep:PlugInFoldrs:0", "x", "PlugInFoldrs")]
    [InlineData("Skep:Limits:MaxFool", "1", "MaxFool")]
    [InlineData("Skep:Objects:0:Fiel", "x", "Fiel")]
    [InlineData("Skep:Limits:MaxFuel", "many", "MaxFuel")]
    public async Task What_cannot_be_read_is_named(string key, string value, string named)
    {
        HostApplicationBuilder builder = Runtimes.Application((key, value));
        builder.Services.AddSkep(builder.Configuration.GetSection("Skep"));
        using IHost application = builder.Build();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => application.StartAsync());
        Assert.Contains(named, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_makes_no_sense_is_told_at_once()
    {
        HostApplicationBuilder builder = Runtimes.Application(
            ("Skep:Without:0", "maps:hash"), ("Skep:Objects:0:File", "x.o"), ("Skep:Objects:0:Attach:tick", "timer"), ("Skep:Objects:1:Programs:0", "p"));
        builder.Services.AddSkep("tenant", builder.Configuration.GetSection("Skep"));
        using IHost application = builder.Build();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => application.StartAsync());
        Assert.Equal(3, exception.Failures.Count());
        Assert.All(exception.Failures, failure => Assert.StartsWith("Skep runtime tenant: ", failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Runtimes_with_names_have_options_of_their_own()
    {
        HostApplicationBuilder builder = Runtimes.Application(("A:Limits:MaxFuel", "1"), ("B:Limits:MaxFuel", "2"));
        builder.Services.AddSkep("a", builder.Configuration.GetSection("A")).AddSkep("b", builder.Configuration.GetSection("B"));
        using IHost application = builder.Build();
        await application.StartAsync();
        Assert.Equal(1UL, application.Services.GetRequiredKeyedService<SkepRuntime>("a").Limits.MaxFuel);
        Assert.Equal(2UL, application.Services.GetRequiredKeyedService<SkepHost>("b").Runtime.Limits.MaxFuel);
        Assert.Equal(["a", "b"], application.Services.GetRequiredService<SkepHosts>().Current.Select(host => host.Name).Order());
        Assert.Null(application.Services.GetService<SkepHost>());
        await application.StopAsync();
    }
}
