using Microsoft.Extensions.DependencyInjection.Extensions;
using Skep.Hosting;
using Skep.Runtime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The door for hosts with dependency injection.</summary>
public static class SkepServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="SkepHost"/> and its <see cref="SkepRuntime"/> as singletons, and the <see cref="Registry"/> as it is when asked for, made when the first of them is asked for. Further
    /// calls add to the same host. Providers' constructors may ask for the singletons of these services whose types plugins share.
    /// </summary>
    public static IServiceCollection AddSkep(this IServiceCollection services, Action<SkepBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddSkep((builder, _) => configure(builder));
    }

    /// <summary>As <see cref="AddSkep(IServiceCollection, Action{SkepBuilder})"/>, for what depends on other services.</summary>
    public static IServiceCollection AddSkep(this IServiceCollection services, Action<SkepBuilder, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton(new SkepConfiguration(configure));
        services.TryAddSingleton<SkepHosts>();
        services.TryAddSingleton(static provider => Create(provider, SkepBuilder.DefaultName, provider.GetServices<SkepConfiguration>()));
        services.TryAddSingleton(static provider => provider.GetRequiredService<SkepHost>().Runtime);
        services.TryAddTransient(static provider => provider.GetRequiredService<SkepHost>().Runtime.Registry); // Another one after each change of plugins.
        return services;
    }

    /// <summary>
    /// Adds a runtime beside others: a <see cref="SkepHost"/>, its <see cref="SkepRuntime"/> and its <see cref="Registry"/> as singletons with the key <paramref name="name"/>, otherwise as
    /// <see cref="AddSkep(IServiceCollection, Action{SkepBuilder})"/> does.
    /// </summary>
    public static IServiceCollection AddSkep(this IServiceCollection services, string name, Action<SkepBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddSkep(name, (builder, _) => configure(builder));
    }

    /// <summary>As <see cref="AddSkep(IServiceCollection, string, Action{SkepBuilder})"/>, for what depends on other services.</summary>
    public static IServiceCollection AddSkep(this IServiceCollection services, string name, Action<SkepBuilder, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddKeyedSingleton(name, new SkepConfiguration(configure));
        services.TryAddSingleton<SkepHosts>();
        services.TryAddKeyedSingleton(name, static (provider, key) => Create(provider, (string)key!, provider.GetKeyedServices<SkepConfiguration>(key)));
        services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<SkepHost>(key).Runtime);
        services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<SkepHost>(key).Runtime.Registry);
        return services;
    }

    private static SkepHost Create(IServiceProvider provider, string name, IEnumerable<SkepConfiguration> configurations)
        => provider.GetRequiredService<SkepHosts>().Add(SkepHost.Create(
            builder =>
            {
                builder.Named(name);
                foreach (SkepConfiguration configuration in configurations)
                {
                    configuration.Configure(builder, provider);
                }
            },
            provider));

    private sealed record SkepConfiguration(Action<SkepBuilder, IServiceProvider> Configure);
}
