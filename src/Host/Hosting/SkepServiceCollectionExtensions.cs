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
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton(new SkepConfiguration(configure));
        services.TryAddSingleton(static provider => SkepHost.Create(
            builder =>
            {
                foreach (SkepConfiguration configuration in provider.GetServices<SkepConfiguration>())
                {
                    configuration.Configure(builder);
                }
            },
            provider));
        services.TryAddSingleton(static provider => provider.GetRequiredService<SkepHost>().Runtime);
        services.TryAddTransient(static provider => provider.GetRequiredService<SkepHost>().Runtime.Registry); // Another one after each change of plugins.
        return services;
    }

    private sealed record SkepConfiguration(Action<SkepBuilder> Configure);
}
