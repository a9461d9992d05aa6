using Autofac;
using Skep.Hosting.Composition;
using Skep.Runtime;

namespace Skep.Hosting;

/// <summary>
/// The door for hosts that live in Autofac: <c>builder.RegisterModule(new SkepModule(skep => ...))</c> registers one <see cref="SkepHost"/>, its <see cref="SkepRuntime"/> and its
/// <see cref="Registry"/> as single instances, made when the first of them is asked for and disposed with the container. Providers' constructors may ask for what the container has of
/// types that plugins share with it.
/// </summary>
/// <param name="name">The key of a runtime beside others, under which it is registered; null for the runtime that is registered by its type.</param>
public sealed class SkepModule(Action<SkepBuilder, IComponentContext> configure, string? name = null) : Module
{
    private readonly Action<SkepBuilder, IComponentContext> _configure = configure ?? throw new ArgumentNullException(nameof(configure));

    /// <inheritdoc cref="SkepModule(Action{SkepBuilder, IComponentContext}, string?)"/>
    public SkepModule(Action<SkepBuilder> configure, string? name = null)
        : this((builder, _) => configure(builder), name) => ArgumentNullException.ThrowIfNull(configure);

    protected override void Load(ContainerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.RegisterType<SkepHosts>().SingleInstance().IfNotRegistered(typeof(SkepHosts));
        var host = builder.Register(MakeHost).SingleInstance();

        // The host disposes its runtime.
        var runtime = builder.Register(context => FindHost(context).Runtime).SingleInstance().ExternallyOwned();
        var registry = builder.Register(context => FindHost(context).Runtime.Registry).SingleInstance();
        if (name is null)
        {
            return;
        }

        host.Keyed<SkepHost>(name);
        runtime.Keyed<SkepRuntime>(name);
        registry.Keyed<Registry>(name);
    }

    private SkepHost FindHost(IComponentContext context) => name is null ? context.Resolve<SkepHost>() : context.ResolveKeyed<SkepHost>(name);

    private SkepHost MakeHost(IComponentContext context)
    {
        // The context is for this resolution only; providers and logs ask as long as the host lives.
        var scope = context.Resolve<ILifetimeScope>();
        return scope.Resolve<SkepHosts>().Add(SkepHost.Create(
            builder =>
            {
                builder.Named(name ?? SkepBuilder.DefaultName);
                _configure(builder, scope);
            },
            new ScopeServices(scope)));
    }
}
