using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Kernel;
using Skep.Runtime;

namespace Skep.Helpers.Tests;

/// <summary>Every set of the plugin, built.</summary>
internal static class BaseSets
{
    public static ImmutableArray<IHelperSet> All { get; } =
    [
        new MapHelpers(), new QueueHelpers(), new RingBufferHelpers(), new ClockHelpers(TimeProvider.System), new RandomHelpers(), new TaskHelpers(TimeProvider.System),
        new ProbeReadHelpers(), new TraceHelpers(TimeProvider.System, new TraceLines()), new StringHelpers(),
        new NumberTextHelpers(), new LoopHelpers(), new LockHelpers(), new NumberIteratorHelpers(),
    ];

    public static ImmutableArray<HelperDescriptor> Helpers { get; } = [.. All.SelectMany(set => set.Descriptor.Helpers)];
}

public class BaseHelpersPluginTests
{
    [Fact]
    public void Every_set_is_registered()
    {
        var registrations = new PluginRegistrations();
        new BaseHelpersPlugin().Register(registrations);
        Assert.Equal(BaseSets.All.Select(set => set.GetType()), registrations.Registrations.Select(registration => registration.Implementation));
    }

    [Fact]
    public void Numbers_and_names_are_the_kernels()
        => Assert.All(BaseSets.Helpers.Where(helper => helper.Number is not null), helper => Assert.Equal(KernelNames.Find(helper.Number!.Value), helper.Name));
}
