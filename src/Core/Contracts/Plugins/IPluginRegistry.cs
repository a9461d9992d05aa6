using System.Diagnostics.CodeAnalysis;

namespace Skep.Contracts;

/// <summary>
/// Where a plugin says what it adds. A provider is registered by its type and built by the host's container, once a
/// runtime, so its public constructor may ask for what the host offers: always <see cref="TimeProvider"/> and
/// <see cref="ITraceOutput"/>, in hosts with logging also <c>ILogger&lt;T&gt;</c>.
/// </summary>
public interface IPluginRegistry
{
    void AddProgramType<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IProgramType;

    void AddHelperSet<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IHelperSet;

    void AddMapType<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IMapType;

    void AddAttachPoint<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IAttachPoint;

    void AddJitBackend<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IJitBackend;
}
