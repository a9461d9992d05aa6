using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Findings;
using Skep.Helpers;
using Skep.Hosting;
using Skep.Jit.Arm64;
using Skep.Jit.Cil;
using Skep.Jit.X64;
using Skep.Maps;
using Skep.ProgramTypes;
using Skep.Runtime;

namespace Skep.Benchmarks.Engines;

/// <summary>The host that engines are measured in: the plugins that the programs need, and every back end there is.</summary>
internal static class BenchmarkHost
{
    /// <summary>Files of plugins with further back ends.</summary>
    public static ImmutableArray<string> FurtherPlugins { get; set; } = [];

    /// <param name="configure">What else the host is to have.</param>
    public static SkepHost Create(Action<SkepBuilder>? configure = null)
    {
        SkepHost host = SkepHost.Create(skep =>
        {
            skep.AddPlugin<NetProgramsPlugin>().AddPlugin<BaseHelpersPlugin>().AddPlugin<ArrayMapsPlugin>().AddPlugin<HashMapsPlugin>().AddPlugin<ProgramMapsPlugin>()
                .AddPlugin<X64Plugin>().AddPlugin<Arm64Plugin>().AddPlugin<CilPlugin>();
            foreach (string file in FurtherPlugins)
            {
                skep.AddPluginFile(file);
            }

            configure?.Invoke(skep);
        });
        return host.Findings.FirstOrDefault(finding => finding.Severity == Severity.Error) is { } error ? throw new InvalidOperationException(error.ToString()) : host;
    }

    /// <summary>The back ends that can run here.</summary>
    public static IEnumerable<IJitBackend> Backends(SkepHost host)
        => host.Runtime.Registry.JitBackends.Select(backend => backend.Provider).Where(backend =>
            (backend.Descriptor.Architecture is not { } architecture || architecture == RuntimeInformation.ProcessArchitecture) && (backend as IAvailability)?.FindObstacle() is null);

    /// <summary>The interpreter and the back ends that can run here, by name.</summary>
    public static string[] Engines(SkepHost host) => [EngineOptions.Interpreter, .. Backends(host).Select(backend => backend.Descriptor.Name)];
}
