using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Skep.Hosting;
using Skep.Hosting.Configuration;
using Skep.Hosting.Health;
using Skep.Hosting.Services;
using Skep.Hosting.Telemetry;
using Skep.Runtime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What hosts of Microsoft.Extensions get beside <see cref="SkepServiceCollectionExtensions"/>.</summary>
public static class SkepHostingExtensions
{
    /// <summary>
    /// A runtime as a section describes it (<see cref="SkepOptions"/>), with <see cref="AddSkepService"/>. What is wrong with the section is an exception when the application starts:
    /// <see cref="InvalidOperationException"/> for keys and values that cannot be read, <see cref="OptionsValidationException"/> for what makes no sense.
    /// </summary>
    public static IServiceCollection AddSkep(this IServiceCollection services, IConfiguration section) => services.AddConfigured(null, section);

    /// <summary>As <see cref="AddSkep(IServiceCollection, IConfiguration)"/>, for a runtime beside others.</summary>
    public static IServiceCollection AddSkep(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return services.AddConfigured(name, section);
    }

    /// <summary>
    /// Makes the runtime when the application starts, loads and attaches what <see cref="SkepOptions.Objects"/> lists, and detaches and unloads that when it stops; with
    /// <see cref="AddSkepTelemetry"/>. Once for each runtime, however often it is called.
    /// </summary>
    /// <param name="name">Null for the runtime without a name.</param>
    public static IServiceCollection AddSkepService(this IServiceCollection services, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSkepTelemetry();
        string key = name ?? SkepBuilder.DefaultName;
        if (services.Any(service => service.ServiceType == typeof(SkepService) && key.Equals(service.ServiceKey)))
        {
            return services;
        }

        services.AddOptions();
        services.AddKeyedSingleton(key, (provider, _) => new SkepService(
            () => name is null ? provider.GetRequiredService<SkepHost>() : provider.GetRequiredKeyedService<SkepHost>(name),
            provider.GetRequiredService<IOptionsMonitor<SkepOptions>>().Get(name ?? Options.Options.DefaultName),
            FindRoot(provider)));
        return services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<SkepService>(key));
    }

    /// <summary>The meter and the activity source "Skep", and logs of what is loaded and attached, of all runtimes of these services.</summary>
    public static IServiceCollection AddSkepTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<SkepHosts>();
        services.TryAddSingleton(static provider => new SkepMetrics(provider.GetRequiredService<SkepHosts>(), provider.GetService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoadObserver, SkepActivities>(static provider =>
        {
            // Observers are made with the first runtime, and so are its measurements.
            provider.GetRequiredService<SkepMetrics>();
            return new SkepActivities();
        }));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoadObserver, RoadLog>(static provider => new RoadLog(
            provider.GetService<ILoggerFactory>() ?? Logging.Abstractions.NullLoggerFactory.Instance)));
        return services;
    }

    /// <summary>A health check: unhealthy when a plugin was refused or failed or a link met a problem, degraded on warnings and when events were lost since the check before.</summary>
    /// <param name="runtime">The runtime to look at; null for all.</param>
    public static IHealthChecksBuilder AddSkep(this IHealthChecksBuilder builder, string name = "skep", string? runtime = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<SkepHosts>();
        SkepHealthCheck? check = null;
        return builder.Add(new HealthCheckRegistration(
            name,
            provider => LazyInitializer.EnsureInitialized(ref check, () => new SkepHealthCheck(provider.GetRequiredService<SkepHosts>(), runtime)),
            HealthStatus.Unhealthy,
            tags));
    }

    private static IServiceCollection AddConfigured(this IServiceCollection services, string? name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        string optionsName = name ?? Options.Options.DefaultName;
        services.AddOptions<SkepOptions>(optionsName).Bind(section, static binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SkepOptions>, SkepOptionsRules>());
        _ = name is null ? services.AddSkep(Apply) : services.AddSkep(name, Apply);
        return services.AddSkepService(name);

        void Apply(SkepBuilder builder, IServiceProvider provider)
            => SkepOptionsPlan.Apply(provider.GetRequiredService<IOptionsMonitor<SkepOptions>>().Get(optionsName), builder, FindRoot(provider));
    }

    private static string FindRoot(IServiceProvider provider) => provider.GetService<IHostEnvironment>()?.ContentRootPath ?? AppContext.BaseDirectory;
}
