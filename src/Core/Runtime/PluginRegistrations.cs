using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Skep.Contracts;

namespace Skep.Runtime;

/// <summary>A provider's type, as a plugin registered it.</summary>
/// <param name="Implementation">Made by the host's container.</param>
public sealed record ProviderRegistration(
    ProviderKind Kind,
    [property: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    [param: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    Type Implementation);

/// <summary>Collects what a plugin registers, for hosts: run <see cref="IPlugin.Register"/> on it, then build the types.</summary>
public sealed class PluginRegistrations : IPluginRegistry
{
    private readonly List<ProviderRegistration> _registrations = [];

    public ImmutableArray<ProviderRegistration> Registrations => [.. _registrations];

    public void AddProgramType<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IProgramType => _registrations.Add(new(ProviderKind.ProgramType, typeof(T)));

    public void AddHelperSet<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IHelperSet => _registrations.Add(new(ProviderKind.HelperSet, typeof(T)));

    public void AddMapType<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IMapType => _registrations.Add(new(ProviderKind.MapType, typeof(T)));

    public void AddAttachPoint<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IAttachPoint => _registrations.Add(new(ProviderKind.AttachPoint, typeof(T)));

    public void AddJitBackend<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IJitBackend => _registrations.Add(new(ProviderKind.JitBackend, typeof(T)));
}
