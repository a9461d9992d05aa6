using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Skep.Contracts;
using Skep.Findings;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Extensions.Tests;

/// <summary>What a health check says of runtimes.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_check_makes_no_runtime()
    {
        using ServiceProvider services = Services(skep => skep.AddPluginFolder("/nowhere"));
        Assert.Equal(HealthStatus.Healthy, (await Check(services)).Status);
        services.GetRequiredService<SkepHost>();
        HealthReportEntry entry = await Check(services);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("SKEP5101", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_degrade()
    {
        using ServiceProvider services = Services(skep => skep.AddSamples().AllowHelpers("no_such_helper"));
        services.GetRequiredService<SkepHost>();
        HealthReportEntry entry = await Check(services);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("no_such_helper", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_events_degrade_until_the_next_check_and_a_problem_is_for_good()
    {
        using ServiceProvider services = Services(skep => skep.AddSamples().AddPlugin(new FakePlugin()));
        var runtime = services.GetRequiredService<SkepRuntime>();
        LoadedProgram program = runtime.Load(Loading.ObjectFile.Open(Runtimes.Counter).GetOrThrow()).GetOrThrow().Programs[0];
        var link = (FakeLink)runtime.Attach(program, "fake", "x").GetOrThrow();
        Assert.Equal(HealthStatus.Healthy, (await Check(services)).Status);
        link.Lose(3);
        HealthReportEntry entry = await Check(services);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("3 events", entry.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, (await Check(services)).Status);
        link.Fail();
        Assert.Equal(HealthStatus.Unhealthy, (await Check(services)).Status);
        Assert.Equal(HealthStatus.Unhealthy, (await Check(services)).Status);
        link.Dispose();
        Assert.Equal(HealthStatus.Healthy, (await Check(services)).Status);
    }

    private static ServiceProvider Services(Action<SkepBuilder> configure)
    {
        IServiceCollection services = new ServiceCollection().AddLogging().AddSkep(configure);
        services.AddHealthChecks().AddSkep();
        return services.BuildServiceProvider();
    }

    private static async Task<HealthReportEntry> Check(ServiceProvider services)
        => (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["skep"];

    private sealed class FakePlugin : IPlugin
    {
        public PluginInfo Info { get; } = new("Fake", new Version(1, 0), "An attach point that a test drives.");

        public void Register(IPluginRegistry registry) => registry.AddAttachPoint<FakePoint>();
    }

    public sealed class FakePoint : IAttachPoint
    {
        public AttachPointDescriptor Descriptor { get; } = new()
        {
            Name = "fake",
            Description = "Delivers nothing.",
            ProgramTypes = ["timer"],
            TargetSyntax = "ANY",
        };

        public Result<IReadOnlyList<AttachTarget>> ListTargets() => Result<IReadOnlyList<AttachTarget>>.Success([]);

        public Result<Link> Attach(AttachRequest request) => Result<Link>.Success(new FakeLink(request));
    }

    private sealed class FakeLink(AttachRequest request) : Link(request, "fake")
    {
        private static readonly Rule Broken = new("SKEP9999", "a problem of a test", "");

        public void Lose(int count) => ReportLost(count);

        public void Fail() => ReportProblem(Broken.Error(Place.Nowhere, "it broke"));

        protected override void Detach()
        {
        }
    }
}
