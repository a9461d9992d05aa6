using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Skep.Hosting.Telemetry;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Hosting.Extensions.Tests;

/// <summary>What a host sees of its runtimes: spans, measurements, logs.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public void Each_step_of_the_road_is_a_span_and_a_run_is_none()
    {
        var seen = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SkepActivities.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Note(seen, activity, "spans"),
        };
        ActivitySource.AddActivityListener(listener);
        using ServiceProvider services = Services("spans");
        var runtime = services.GetRequiredKeyedService<SkepRuntime>("spans");
        LoadedObject loaded = Load(runtime);
        runtime.Attach(loaded.Programs[0], "timer", "1h").GetOrThrow();
        loaded.Programs[0].RunEvent(default);
        Assert.Equal(["skep.verify", "skep.lower", "skep.compile", "skep.load", "skep.attach"], seen.Select(activity => activity.OperationName));
        Activity load = seen[3];
        Assert.All(seen.Take(3), activity => Assert.Equal(load.SpanId, activity.ParentSpanId));
        Assert.Equal("count to timer:1h", seen[4].GetTagItem("skep.subject"));
        Assert.All(seen, activity => Assert.NotEqual(ActivityStatusCode.Error, activity.Status));
    }

    [Fact]
    public void What_is_refused_is_a_span_with_its_findings_and_is_logged()
    {
        var seen = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SkepActivities.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Note(seen, activity, "refused"),
        };
        ActivitySource.AddActivityListener(listener);
        var log = new ListLog();
        using ServiceProvider services = Services("refused", skep => skep.AllowHelpers(), log);
        var runtime = services.GetRequiredKeyedService<SkepRuntime>("refused");
        Assert.False(runtime.Load(ObjectFile.Open(Runtimes.Counter).GetOrThrow()).IsSuccess);
        Activity load = seen[^1];
        Assert.Equal((ActivityStatusCode.Error, "SKEP2015"), (load.Status, load.GetTagItem("skep.findings")));
        Assert.Contains(log.Lines, line => line.StartsWith("Error Skep.Runtime: ", StringComparison.Ordinal) && line.Contains("SKEP2015", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("Runtime refused did not load", StringComparison.Ordinal));
    }

    [Fact]
    public void Loading_and_attaching_are_logged()
    {
        var log = new ListLog();
        using ServiceProvider services = Services("logged", log: log);
        var runtime = services.GetRequiredKeyedService<SkepRuntime>("logged");
        runtime.Attach(Load(runtime).Programs[0], "timer", "1h").GetOrThrow();
        Assert.Equal(
            [$"Information Skep.Runtime: Runtime logged loaded {Runtimes.Counter}", "Information Skep.Runtime: Runtime logged attached count to timer:1h"],
            log.Lines);
    }

    [Fact]
    public void Measurements_are_of_every_runtime_that_lives()
    {
        using ServiceProvider services = Services("measured", skep => skep.CountRuns());
        using var collector = new Collector("measured");
        var host = services.GetRequiredKeyedService<SkepHost>("measured");
        LoadedProgram program = Load(host.Runtime).Programs[0];
        for (int i = 0; i < 5; i++)
        {
            program.RunEvent(default);
        }

        Dictionary<string, double> values = collector.Collect();
        Assert.Equal((1, 0, 3), (values["skep.programs"], values["skep.links"], values["skep.plugins"]));
        Assert.Equal(host.Runtime.Maps.Count, values["skep.maps"]);
        Assert.Equal((5, 0, 0), (values["skep.program.runs"], values["skep.program.traps"], values["skep.program.helper_faults"]));
        Assert.True(values["skep.program.run_time"] > 0);
        Assert.False(values.ContainsKey("skep.link.events"));

        // The timer's first event comes at once.
        Skep.Contracts.Link link = host.Runtime.Attach(program, "timer", "1h").GetOrThrow();
        Assert.True(SpinWait.SpinUntil(() => link.Events == 1, TimeSpan.FromSeconds(30)));
        values = collector.Collect();
        Assert.Equal((1, 1, 0), (values["skep.links"], values["skep.link.events"], values["skep.link.lost_events"]));
        host.Dispose();
        Assert.Empty(collector.Collect());
    }

    private static LoadedObject Load(SkepRuntime runtime) => runtime.Load(ObjectFile.Open(Runtimes.Counter).GetOrThrow()).GetOrThrow();

    private static ServiceProvider Services(string name, Action<SkepBuilder>? configure = null, ILoggerProvider? log = null)
    {
        IServiceCollection services = new ServiceCollection().AddSkepTelemetry().AddSkep(name, skep => skep.AddSamples());
        if (configure is not null)
        {
            services.AddSkep(name, configure);
        }

        if (log is not null)
        {
            services.AddLogging(logging => logging.AddProvider(log));
        }

        return services.BuildServiceProvider();
    }

    private static void Note(List<Activity> seen, Activity activity, string runtime)
    {
        // Other tests have runtimes of their own beside.
        if ((string?)activity.GetTagItem("skep.runtime") == runtime)
        {
            seen.Add(activity);
        }
    }

    /// <summary>Sums of one runtime's measurements, by instrument.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly string _runtime;
        private Dictionary<string, double> _values = [];

        public Collector(string runtime)
        {
            _runtime = runtime;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SkepMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public Dictionary<string, double> Collect()
        {
            _values = [];
            _listener.RecordObservableInstruments();
            return _values;
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag is { Key: "skep.runtime", Value: string name } && name == _runtime)
                {
                    _values[instrument.Name] = _values.GetValueOrDefault(instrument.Name) + value;
                }
            }
        }
    }

    private sealed class ListLog : ILoggerProvider, ILogger
    {
        private string _category = "";

        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            _category = categoryName;
            return this;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Add($"{logLevel} {_category}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
