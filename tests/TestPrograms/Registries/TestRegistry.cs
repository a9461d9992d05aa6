using Skep.Contracts;
using Skep.Runtime;
using Skep.TestPrograms.Registries.Helpers;

namespace Skep.TestPrograms.Registries;

/// <summary>
/// What Linux 6.18 offers, as far as the corpus uses it: descriptors are the kernel's prototypes, and functions do anything that these
/// allow. Apart from the plugins, so that the verifier is tested from descriptors alone.
/// </summary>
internal static class TestRegistry
{
    internal static PluginRecord Plugin { get; } = new(new PluginInfo("Test", new Version(1, 0), "For tests."));

    internal static Registry Instance { get; } = Build();

    private static Registry Build()
    {
        var builder = new RegistryBuilder(new CompositionPolicy());
        bool isTaken = builder.Add(Plugin,
        [
            .. TestProgramTypes.All, .. TestMaps.Types,
            new MapHelpers(), new RingBufferHelpers(), new CallbackHelpers(), new LockHelpers(), new NumberHelpers(), new TextHelpers(),
            new TracingHelpers(), new SamplingHelpers(), new PacketHelpers(), new XdpHelpers(), new SocketHelpers(), new IteratorFunctions(),
        ]);
        Registry registry = builder.Build();
        return isTaken ? registry : throw new InvalidOperationException(string.Join('\n', registry.Findings));
    }
}
