using System.Runtime.InteropServices;

namespace Skep.Cli.Running;

/// <summary>
/// The reasons for a run to end in order: Ctrl-C, SIGTERM, SIGHUP, the time that was asked for, or whoever calls <see cref="Stop"/>. A second
/// signal is left to the system, which ends the process at once.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private PosixSignalRegistration[] _registrations = [];

    public CancellationToken Token => _source.Token;

    /// <summary>Takes signals over from the system. Until then, when there is nothing yet to end in order, they end the process at once.</summary>
    public void Listen()
        => _registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGHUP)];

    public void Stop() => _source.Cancel();

    public void StopAfter(TimeSpan duration) => _source.CancelAfter(duration);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    });
}
