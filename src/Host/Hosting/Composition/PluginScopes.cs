using System.Collections.Immutable;
using System.Runtime.Loader;
using Autofac;
using Autofac.Core;
using Skep.Runtime;

namespace Skep.Hosting.Composition;

/// <summary>The lifetime of a runtime's plugins: one container, and in it a scope for each plugin that makes and owns its providers.</summary>
internal sealed class PluginScopes : IDisposable
{
    private readonly IContainer _container;

    public PluginScopes(HostServices services)
    {
        var builder = new ContainerBuilder();
        builder.RegisterSource(services);
        _container = builder.Build();
    }

    /// <summary>Opens the scope of a plugin whose providers are of these types.</summary>
    /// <param name="plugin">Tells the load context; one that can be unloaded needs a scope that forgets it.</param>
    public PluginScope Open(Type plugin, ImmutableArray<ProviderRegistration> registrations)
    {
        AssemblyLoadContext? context = AssemblyLoadContext.GetLoadContext(plugin.Assembly);
        return new PluginScope(
            context is { IsCollectible: true }
                ? _container.BeginLoadContextLifetimeScope(context, Configure)
                : _container.BeginLifetimeScope(Configure),
            registrations);

        void Configure(ContainerBuilder builder)
        {
            foreach (ProviderRegistration registration in registrations)
            {
                builder.RegisterType(registration.Implementation).SingleInstance();
            }
        }
    }

    public void Dispose() => _container.Dispose();
}

/// <summary>Makes a plugin's providers, each once, and disposes them with itself.</summary>
internal sealed class PluginScope(ILifetimeScope scope, ImmutableArray<ProviderRegistration> registrations) : IDisposable
{
    private ImmutableArray<ProviderRegistration> _registrations = registrations;
    private ILifetimeScope? _scope = scope;

    /// <summary>Makes the providers in the order of their registration.</summary>
    /// <exception cref="UnmetNeedException">A constructor asks for what nobody offers.</exception>
    /// <exception cref="ProviderException">A constructor threw.</exception>
    public object[] MakeProviders()
    {
        ObjectDisposedException.ThrowIf(_scope is null, this);
        var providers = new object[_registrations.Length];
        for (int i = 0; i < providers.Length; i++)
        {
            Type type = _registrations[i].Implementation;
            try
            {
                providers[i] = _scope.Resolve(type);
            }
            catch (DependencyResolutionException exception)
            {
                throw Unwrap(type, exception);
            }
        }

        return providers;
    }

    public void Dispose()
    {
        ILifetimeScope? scope = Interlocked.Exchange(ref _scope, null);
        _registrations = [];
        scope?.Dispose();
    }

    /// <summary>The constructor's own exception below Autofac's layers, or Autofac's word on what is missing.</summary>
    private static Exception Unwrap(Type type, DependencyResolutionException exception)
    {
        Exception cause = exception;
        while (cause is DependencyResolutionException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is DependencyResolutionException ? new UnmetNeedException($"{type}: {cause.Message.ReplaceLineEndings(" ")}") : new ProviderException(type.ToString(), cause);
    }
}

/// <summary>A provider's constructor asks for what nobody offers.</summary>
internal sealed class UnmetNeedException(string message) : Exception(message);

/// <summary>A provider's constructor threw.</summary>
internal sealed class ProviderException(string provider, Exception cause) : Exception(null, cause)
{
    public string Provider { get; } = provider;
}
