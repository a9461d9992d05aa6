using System.Collections.Immutable;
using System.Threading.Channels;
using Skep.Cli.Hosts;
using Skep.Cli.Output;
using Skep.Cli.Parsing;
using Skep.Contracts;
using Skep.Findings;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;
using Skep.Verification;

namespace Skep.Cli.Running;

/// <summary>What <c>skep run</c> was asked for.</summary>
/// <param name="Programs">Empty means all.</param>
/// <param name="MaxEvents">Null for no end.</param>
internal sealed record RunRequest(
    string File,
    ImmutableArray<string> Programs,
    AttachArgument? Attach,
    TimeSpan? Duration,
    long? MaxEvents,
    string? Jit,
    VerificationPolicy Policy,
    bool AllEntries,
    string? PluginFolder,
    bool WatchPlugins);

/// <summary>Loads an object, attaches its programs, streams what they print, and at the end detaches everything and sums up.</summary>
internal sealed class RunSession(RunRequest request, Terminal terminal) : IDisposable
{
    // Often enough that a run of silent programs ends soon after the last event that was asked for.
    private static readonly TimeSpan EventCountInterval = TimeSpan.FromMilliseconds(20);

    private readonly StopSignal _stop = new();
    private readonly EventStream _stream = new();
    private readonly List<Link> _links = [];
    private long _printed;

    public int Run()
    {
        Task<CliHost> begun = CliHost.Begin(request.PluginFolder, _stream, watch: request.WatchPlugins);
        Result<ObjectSpec> spec = ObjectFile.Open(request.File);
        terminal.Warn(spec.Findings.Where(finding => !finding.IsError));
        if (!spec.IsSuccess)
        {
            return terminal.Fail(spec.Findings);
        }

        using CliHost host = CliHost.Join(terminal, begun);
        host.WhenPluginsChange(change => PluginNotice.Show(terminal, change));
        _stop.Listen();
        Result<LoadedObject> loaded = Load(spec.Value, host);
        if (!loaded.IsSuccess)
        {
            return terminal.Fail(loaded.Findings);
        }

        terminal.Warn(loaded.Findings);
        AttachNotice.Show(terminal, _links);
        try
        {
            return StreamAsync(loaded.Value).GetAwaiter().GetResult();
        }
        finally
        {
            Detach();
        }
    }

    public void Dispose() => _stop.Dispose();

    private Result<LoadedObject> Load(ObjectSpec spec, CliHost host)
    {
        Result<AttachPlan> plan = AttachPlan.Create(spec, request.Programs, request.Attach, host.Registry);
        if (!plan.IsSuccess)
        {
            return Result<LoadedObject>.Failure(plan.Findings);
        }

        Result<LoadedObject> loaded = host.Runtime.Load(spec, plan.Value.ToLoadOptions(request.Programs) with { Verification = request.Policy, Engine = request.Jit });
        if (!loaded.IsSuccess)
        {
            return loaded;
        }

        foreach (LoadedProgram program in loaded.Value.Programs)
        {
            program.Statistics.Enabled = true;
        }

        foreach (PlannedProgram planned in plan.Value.Programs)
        {
            LoadedProgram program = loaded.Value.FindProgram(planned.Program)!;
            Result<Link> link = host.Runtime.Attach(program, planned.AttachPoint, planned.Target);
            if (!link.IsSuccess)
            {
                Detach();
                loaded.Value.Dispose();
                return Result<LoadedObject>.Failure(link.Findings);
            }

            _links.Add(link.Value);
        }

        return loaded;
    }

    private async Task<int> StreamAsync(LoadedObject loaded)
    {
        if (request.Duration is { } duration)
        {
            _stop.StopAfter(duration);
        }

        var printer = new StreamPrinter(terminal, namesPrograms: loaded.Programs.Length > 1);
        using var rings = new RingReaders(loaded.Maps, _stream);
        Task watch = request.MaxEvents is { } most ? WatchEventsAsync(most) : Task.CompletedTask;
        await PrintWhileRunningAsync(printer).ConfigureAwait(false);
        await watch.ConfigureAwait(false);

        Detach();
        // The rings' last records may need room in the stream, so printing goes on until they have come to their end.
        Task last = FinishAsync(rings);
        await foreach (StreamItem item in _stream.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Print(printer, item);
        }

        await last.ConfigureAwait(false);
        terminal.Show(RunSummary.Create(loaded, _links, _stream, request.AllEntries ? int.MaxValue : MapReport.DefaultEntries));
        terminal.Output.Flush();
        terminal.Warn(RunSummary.Problems(loaded, _links));
        return ExitCode.Success;
    }

    private async Task FinishAsync(RingReaders rings)
    {
        await rings.FinishAsync().ConfigureAwait(false);
        _stream.Complete();
    }

    private async Task PrintWhileRunningAsync(StreamPrinter printer)
    {
        ChannelReader<StreamItem> reader = _stream.Reader;
        try
        {
            while (await reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                while (!_stop.Token.IsCancellationRequested && reader.TryRead(out StreamItem? item))
                {
                    Print(printer, item);
                }

                await terminal.Output.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end that was asked for.
        }
    }

    private void Print(StreamPrinter printer, StreamItem item)
    {
        if (_printed >= request.MaxEvents)
        {
            return;
        }

        printer.Print(item);
        if (++_printed >= request.MaxEvents)
        {
            _stop.Stop();
        }
    }

    /// <summary>Programs that print nothing are counted by the events that ran them.</summary>
    private async Task WatchEventsAsync(long most)
    {
        using var timer = new PeriodicTimer(EventCountInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (Volatile.Read(ref _printed) == 0 && _links.Sum(link => link.Events) >= most)
                {
                    _stop.Stop();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run ended otherwise.
        }
    }

    private void Detach() => _links.ForEach(link => link.Dispose());
}
