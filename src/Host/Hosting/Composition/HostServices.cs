using Autofac.Builder;
using Autofac.Core;
using Microsoft.Extensions.Logging;
using Skep.Contracts;

namespace Skep.Hosting.Composition;

/// <summary>
/// What providers' constructors may ask for beyond their own plugin: <see cref="TimeProvider"/>, <see cref="ITraceOutput"/>, loggers, and the host's
/// services of types that plugins share with it.
/// </summary>
/// <remarks>
/// A host's service provider remembers every type that it was asked for. Types of a collectible context would be kept by that, so it is never
/// asked for them; loggers of such types are made here, on the host's factory.
/// </remarks>
internal sealed class HostServices(IServiceProvider? services, ITraceOutput? trace) : IRegistrationSource
{
    public bool IsAdapterForIndividualComponents => false;

    public IEnumerable<IComponentRegistration> RegistrationsFor(Service service, Func<Service, IEnumerable<ServiceRegistration>> registrationAccessor)
    {
        if (service is not TypedService { ServiceType: { } type } || Find(type) is not { } instance)
        {
            return [];
        }

        return [RegistrationBuilder.ForDelegate(type, (_, _) => instance).ExternallyOwned().CreateRegistration()];
    }

    private object? Find(Type type)
    {
        if (type == typeof(TimeProvider))
        {
            return services?.GetService(type) ?? TimeProvider.System;
        }

        if (type == typeof(ITraceOutput))
        {
            return trace ?? services?.GetService(type) ?? SilentTrace.Instance;
        }

        if (type is { IsGenericType: true, Namespace: "Microsoft.Extensions.Logging" })
        {
            return Logging.FindLogger(type, services);
        }

        // Plugins get services, not the container; collections are Autofac's.
        bool isContainer = type == typeof(IServiceProvider) || type.Namespace is "Microsoft.Extensions.DependencyInjection" or "System.Collections.Generic";
        return type.IsCollectible || isContainer ? null : services?.GetService(type);
    }

    /// <summary>In a class of its own, so that a host without logging loads none.</summary>
    private static class Logging
    {
        public static object? FindLogger(Type type, IServiceProvider? services)
        {
            if (type.GetGenericTypeDefinition() != typeof(ILogger<>))
            {
                return null;
            }

            Type category = type.GetGenericArguments()[0];
            return services?.GetService(typeof(ILoggerFactory)) is ILoggerFactory factory
                ? Activator.CreateInstance(typeof(Logger<>).MakeGenericType(category), factory)
                : Activator.CreateInstance(typeof(Microsoft.Extensions.Logging.Abstractions.NullLogger<>).MakeGenericType(category));
        }
    }

    /// <summary>Programs print into nothing when the host offers nothing better.</summary>
    private sealed class SilentTrace : ITraceOutput
    {
        public static readonly SilentTrace Instance = new();

        public void Write(in TraceRecord record)
        {
        }
    }
}
