using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Skep.Contracts;
using Skep.Runtime;

namespace Skep.Cli.Features;

/// <summary>Looks at this machine, without lasting effect.</summary>
internal static class FeatureProbe
{
    public static IEnumerable<Feature> All(Registry registry)
    {
        yield return new Feature("interpreter", Works: true, "always there; runs every program that is accepted");
        foreach (Provided<IJitBackend> backend in registry.JitBackends)
        {
            yield return Backend(backend.Provider);
        }

        if (registry.JitBackends.IsEmpty)
        {
            yield return new Feature("jit", Works: false, "no plugin offers a JIT back end", "Programs run in the interpreter.");
        }

        foreach (Provided<IAttachPoint> point in registry.AttachPoints)
        {
            yield return Provider($"attach {point.Provider.Descriptor.Name}", point.Provider.Descriptor.Description, point.Provider);
        }

        foreach ((string name, string description, object provider) in Others(registry))
        {
            if (provider is IAvailability)
            {
                yield return Provider(name, description, provider);
            }
        }

        yield return LinuxProbe.Tracefs();
        yield return LinuxProbe.PerfEvents();
        yield return LinuxProbe.ProcessMemory();
        yield return Clock();
        yield return new Feature("bpf(2), kernel BTF", Works: true, "not needed: programs run in this process, types come from the object");
    }

    private static IEnumerable<(string Name, string Description, object Provider)> Others(Registry registry)
    {
        foreach (Provided<IProgramType> type in registry.ProgramTypes)
        {
            yield return ($"program type {type.Provider.Descriptor.Name}", type.Provider.Descriptor.Description, type.Provider);
        }

        foreach (Provided<IMapType> type in registry.MapTypes)
        {
            yield return ($"map type {type.Provider.Descriptor.Name}", type.Provider.Descriptor.Description, type.Provider);
        }

        foreach (Provided<IHelperSet> set in registry.HelperSets)
        {
            yield return ($"helper set {set.Provider.Descriptor.Name}", "", set.Provider);
        }
    }

    /// <summary>A back end compiles on any machine; that its code runs here is another matter.</summary>
    private static Feature Backend(IJitBackend backend)
    {
        JitBackendDescriptor descriptor = backend.Descriptor;
        string name = $"jit {descriptor.Name}";
        return descriptor.Architecture is { } architecture && architecture != RuntimeInformation.ProcessArchitecture
            ? new Feature(
                name, Works: false, $"its code is for {architecture}, and this process runs on {RuntimeInformation.ProcessArchitecture}", $"`skep prog dump jited --jit {descriptor.Name}` shows its code all the same.")
            : Provider(name, descriptor.Description, backend);
    }

    private static Feature Provider(string name, string description, object provider)
    {
        try
        {
            return Feature.Of(name, description, (provider as IAvailability)?.FindObstacle());
        }
#pragma warning disable CA1031 // A provider is foreign code: what it throws is its obstacle.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Feature(name, Works: false, $"looking failed with {exception.GetType().Name}: {exception.Message}", "Report this to the plugin's author.");
        }
    }

    private static Feature Clock() => new(
        "monotonic clock",
        Stopwatch.IsHighResolution,
        string.Create(CultureInfo.InvariantCulture, $"{1e9 / Stopwatch.Frequency:0.###} ns a tick on {RuntimeInformation.RuntimeIdentifier}"));
}
