using Skep.Contracts;
using Skep.Kernel;
using Skep.ProgramTypes;
using Skep.Runtime;

namespace Skep.Events.Tests;

public sealed class ProgramTypeTests
{
    private static readonly MemoryRegion Event = new(0x1000, 40, MemoryAccess.ReadWrite);

    public static TheoryData<IProgramType> Tracing => [new TracepointType(), new RawTracepointType(), new PerfEventType(), new TimerProgramType()];

    [Theory]
    [MemberData(nameof(Tracing))]
    public void The_event_is_the_context_and_can_only_be_read(IProgramType type)
        => Assert.Equal(new ProgramEntry(0x1000, 0, Event with { Access = MemoryAccess.Read }), type.Enter(Event, 0));

    [Fact]
    public void Raw_programs_get_memory_and_length_or_nothing()
    {
        var type = new RawType();
        Assert.Equal(new ProgramEntry(0x1000, 40, Event, Event), type.Enter(Event, 0));
        Assert.Equal(new ProgramEntry(0, 0, MemoryRegion.None), type.Enter(MemoryRegion.None, 0));
        Assert.True(type.Descriptor.Context is { HasLength: true, RecordAccess: MemoryAccess.ReadWrite });
    }

    [Theory]
    [MemberData(nameof(Tracing))]
    public void Kernel_types_have_the_kernels_names(IProgramType type)
    {
        if (type.Descriptor.Number is { } number)
        {
            Assert.Equal(KernelNames.Find(number), type.Descriptor.Name);
        }
    }

    [Theory]
    [InlineData("tracepoint/sched/sched_switch", "tracepoint", "tracepoint")]
    [InlineData("tp/sched/sched_switch", "tracepoint", "tracepoint")]
    [InlineData("raw_tp/sys_enter", "raw_tracepoint", "raw_tracepoint")]
    [InlineData("raw_tracepoint/sys_enter", "raw_tracepoint", "raw_tracepoint")]
    [InlineData("perf_event", "perf_event", null)]
    [InlineData("raw", "raw", null)]
    [InlineData("timer/500ms", "timer", "timer")]
    public void Sections_mean_a_type_and_an_attach_point(string section, string type, string? attachPoint)
    {
        Registry registry = Build();
        SectionMatch? match = registry.ResolveSection(section);
        Assert.NotNull(match);
        Assert.Equal(type, match.Type.Provider.Descriptor.Name);
        Assert.Equal(attachPoint, match.Prefix.AttachPoint);
    }

    [Fact]
    public void The_plugins_live_together() => Assert.Empty(Build().Findings);

    private static Registry Build()
    {
        var builder = new RegistryBuilder(CompositionPolicy.Default);
        Add(builder, new TracingProgramsPlugin());
        Add(builder, new RawProgramsPlugin());
        Add(builder, new TimerEventsPlugin());
        return builder.Build();
    }

    private static void Add(RegistryBuilder builder, IPlugin plugin)
    {
        var registrations = new PluginRegistrations();
        plugin.Register(registrations);
        builder.Add(new PluginRecord(plugin.Info), [.. registrations.Registrations.Select(Make)]);
    }

    private static object Make(ProviderRegistration registration)
        => registration.Implementation == typeof(TimerAttachPoint) ? new TimerAttachPoint(TimeProvider.System) : Activator.CreateInstance(registration.Implementation)!;
}
