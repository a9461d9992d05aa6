using Skep.Contracts;
using Skep.Execution.Engines;
using Skep.Helpers;
using Skep.Hosting;
using Skep.Maps;
using Skep.ProgramTypes;

namespace Skep.Benchmarks.Engines;

/// <summary>The host that engines are measured in: the plugins that the programs need, and every back end there is.</summary>
internal static class BenchmarkHost
{
    public static SkepHost Create() => SkepHost.Create(skep => skep
        .AddPlugin<NetProgramsPlugin>().AddPlugin<BaseHelpersPlugin>().AddPlugin<ArrayMapsPlugin>().AddPlugin<HashMapsPlugin>());

    /// <summary>The interpreter and the back ends that can run here, by name.</summary>
    public static string[] Engines(SkepHost host)
        => [EngineOptions.Interpreter, .. host.Runtime.Registry.JitBackends.Select(backend => backend.Provider).Where(backend => CanRun(backend)).Select(backend => backend.Descriptor.Name)];

    private static bool CanRun(IJitBackend backend)
        => (backend.Descriptor.Architecture is not { } architecture || architecture == System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture)
            && (backend as IAvailability)?.FindObstacle() is null;
}
