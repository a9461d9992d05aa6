using Autofac;

namespace Skep.Hosting.Composition;

/// <summary>An Autofac scope as the services of a host.</summary>
internal sealed class ScopeServices(ILifetimeScope scope) : IServiceProvider
{
    public object? GetService(Type serviceType) => scope.ResolveOptional(serviceType);
}
