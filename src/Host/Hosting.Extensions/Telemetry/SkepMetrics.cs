using System.Diagnostics.Metrics;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Telemetry;

/// <summary>
/// The meter "Skep": what all runtimes of the services hold and did, read when somebody collects, so that runs pay nothing for it. Runs and run time are counted where
/// <see cref="SkepBuilder.CountRuns"/> says so.
/// </summary>
public sealed class SkepMetrics : IDisposable
{
    public const string MeterName = "Skep";

    private readonly SkepHosts _hosts;
    private readonly Meter _meter;

    /// <param name="factory">Where the meter comes from; null for one of its own.</param>
    public SkepMetrics(SkepHosts hosts, IMeterFactory? factory = null)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        _hosts = hosts;
        string? version = typeof(SkepRuntime).Assembly.GetName().Version?.ToString();
        _meter = factory?.Create(new MeterOptions(MeterName) { Version = version }) ?? new Meter(MeterName, version);
        Hold("skep.programs", "{program}", "Loaded programs.", runtime => runtime.Programs.Count);
        Hold("skep.maps", "{map}", "Maps.", runtime => runtime.Maps.Count);
        Hold("skep.maps.memory", "By", "Native memory of all maps.", runtime => runtime.Maps.Sum(map => map.Map.MemoryBytes));
        Hold("skep.links", "{link}", "Programs that are attached.", runtime => runtime.Links.Count);
        _meter.CreateObservableUpDownCounter("skep.plugins", Plugins, "{plugin}", "Plugins, by state.");
        Count("skep.program.runs", "{run}", "Runs, where they are counted.", program => program.Statistics.Runs);
        _meter.CreateObservableCounter(
            "skep.program.run_time", () => Programs(program => program.Statistics.TotalNanoseconds / 1e9), "s", "Time in programs, where runs are counted.");
        Count("skep.program.traps", "{trap}", "Runs that ended in a trap.", program => program.Statistics.Traps);
        Count("skep.program.helper_faults", "{fault}", "Helper calls that threw.", program => program.Statistics.HelperFaults);
        _meter.CreateObservableCounter("skep.link.events", () => Links(link => link.Events), "{event}", "Events that ran a program.");
        _meter.CreateObservableCounter("skep.link.lost_events", () => Links(link => link.Lost), "{event}", "Events that a source had to drop.");
    }

    public void Dispose() => _meter.Dispose();

    private void Hold(string name, string unit, string description, Func<SkepRuntime, long> read)
        => _meter.CreateObservableUpDownCounter(
            name, () => _hosts.Current.SelectMany(host => Read<long>(host, runtime => [new(read(runtime), RuntimeTag(host))])), unit, description);

    private void Count(string name, string unit, string description, Func<LoadedProgram, long> read)
        => _meter.CreateObservableCounter(name, () => Programs(read), unit, description);

    private IEnumerable<Measurement<long>> Plugins() => _hosts.Current.SelectMany(host => host.Plugins.GroupBy(plugin => plugin.State)
        .Select(group => new Measurement<long>(group.Count(), RuntimeTag(host), new(SkepTags.PluginState, group.Key.ToString()))));

    private IEnumerable<Measurement<T>> Programs<T>(Func<LoadedProgram, T> read)
        where T : struct
        => _hosts.Current.SelectMany(host => Read(host, runtime => runtime.Programs.Select(program => new Measurement<T>(
            read(program),
            RuntimeTag(host),
            new(SkepTags.Program, program.Name),
            new(SkepTags.ProgramId, program.Id.Value),
            new(SkepTags.Engine, program.Engine)))));

    private IEnumerable<Measurement<long>> Links(Func<Link, long> read)
        => _hosts.Current.SelectMany(host => Read(host, runtime => runtime.Links.Select(link => new Measurement<long>(
            read(link),
            RuntimeTag(host),
            new(SkepTags.AttachPoint, link.AttachPoint),
            new(SkepTags.Target, link.Target),
            new(SkepTags.LinkId, link.Id.Value),
            new(SkepTags.Program, link.Program.Name)))));

    private static IEnumerable<Measurement<T>> Read<T>(SkepHost host, Func<SkepRuntime, IEnumerable<Measurement<T>>> read)
        where T : struct
    {
        try
        {
            return [.. read(host.Runtime)];
        }
        catch (ObjectDisposedException)
        {
            return []; // It, or a map of it, went while it was looked at.
        }
    }

    private static KeyValuePair<string, object?> RuntimeTag(SkepHost host) => new(SkepTags.Runtime, host.Name);
}
