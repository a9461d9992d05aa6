using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Testing;

/// <summary>What holds for every <see cref="IPlugin"/>: it says who it is, lists its providers and does nothing else, and a runtime takes them.</summary>
public abstract class PluginContract
{
    /// <summary>The plugin under test; a new one each time.</summary>
    protected abstract IPlugin Create();

    /// <summary>What constructors of providers may ask for: <see cref="TimeProvider"/> and <see cref="ITraceOutput"/> always; add what the plugin documents that it needs.</summary>
    protected virtual IEnumerable<object> Services => [new FakeClock(), new RecordingTrace()];

    [Fact]
    public void It_says_who_it_is()
    {
        PluginInfo info = Create().Info;
        Assert.False(string.IsNullOrWhiteSpace(info.Name));
        Assert.Matches(@"^[A-Z].+\.$", info.Description);
        Assert.NotEqual(new Version(0, 0), info.Version);
        Assert.Equal(info, Create().Info);
    }

    [Fact]
    public void The_host_finds_and_makes_it()
    {
        Type type = Create().GetType();
        Assert.True(type is { IsPublic: true, IsAbstract: false }, $"{type.Name} is not a public class, so no host finds it");
        Assert.True(type.GetConstructor(Type.EmptyTypes) is not null, $"{type.Name} has no public constructor without parameters");
        Version built = type.Assembly.GetReferencedAssemblies().FirstOrDefault(reference => reference.Name == "Skep.Core")?.Version ?? ContractVersion.Current;
        Assert.True(ContractVersion.IsCompatible(built, ContractVersion.Current), $"{type.Name} was built against contracts {built}; these are {ContractVersion.Current}");
    }

    [Fact]
    public void Registering_lists_types_and_does_the_same_each_time()
    {
        var first = new PluginRegistrations();
        var second = new PluginRegistrations();
        IPlugin plugin = Create();
        plugin.Register(first);
        plugin.Register(second);
        Assert.NotEmpty(first.Registrations);
        Assert.Equal(first.Registrations, second.Registrations);
        Assert.Throws<ArgumentNullException>(() => plugin.Register(null!));
    }

    [Fact]
    public void Every_provider_can_be_built_and_lives_with_the_others()
    {
        object[] providers = Build();
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Assert.True(builder.Add(new PluginRecord(Create().Info), providers), string.Join('\n', builder.Build().Findings));
        Assert.Empty(builder.Build().Findings);
    }

    [Fact]
    public void It_registers_what_its_assembly_offers()
    {
        var registrations = new PluginRegistrations();
        Create().Register(registrations);
        Type[] contracts = [typeof(IProgramType), typeof(IHelperSet), typeof(IMapType), typeof(IAttachPoint), typeof(IJitBackend)];
        IEnumerable<Type> offered = Create().GetType().Assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && contracts.Any(contract => contract.IsAssignableFrom(type)));
        IEnumerable<Type> left = offered.Except(registrations.Registrations.Select(registration => registration.Implementation)).Except(NotRegistered);
        Assert.True(!left.Any(), $"public providers that no runtime gets: {string.Join(", ", left)}");
    }

    /// <summary>Public providers that the plugin leaves to others on purpose: a second plugin of the assembly, base classes for other plugins.</summary>
    protected virtual IEnumerable<Type> NotRegistered => [];

    /// <summary>Builds the registered providers as a container would.</summary>
    protected object[] Build()
    {
        var registrations = new PluginRegistrations();
        Create().Register(registrations);
        object[] services = [.. Services];
        return [.. registrations.Registrations.Select(registration => Build(registration.Implementation, services))];
    }

    private static object Build(Type type, object[] services)
    {
        foreach (System.Reflection.ConstructorInfo constructor in type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length))
        {
            object?[] arguments = [.. constructor.GetParameters().Select(parameter => Array.Find(services, parameter.ParameterType.IsInstanceOfType) ?? (parameter.HasDefaultValue ? parameter.DefaultValue : null))];
            if (constructor.GetParameters().Select((parameter, i) => arguments[i] is not null || parameter.HasDefaultValue).All(isThere => isThere))
            {
                return constructor.Invoke(arguments);
            }
        }

        Assert.Fail($"{type.Name} has no public constructor that asks for no more than the host offers ({string.Join(", ", services.Select(service => service.GetType().Name))})");
        return null!;
    }
}
