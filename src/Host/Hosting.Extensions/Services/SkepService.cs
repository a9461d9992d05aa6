using Microsoft.Extensions.Hosting;
using Skep.Findings;
using Skep.Hosting.Configuration;

namespace Skep.Hosting.Services;

/// <summary>
/// Makes a runtime when the application starts, loads and attaches what its options list, and detaches and unloads that when the application stops. A list that cannot be
/// loaded and attached whole keeps the application from starting.
/// </summary>
internal sealed class SkepService(Func<SkepHost> host, SkepOptions options, string root) : IHostedService
{
    private readonly List<AttachedObject> _objects = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Composing and verifying are work for a processor, some hundred milliseconds of it.
        return Task.Run(() => Start(cancellationToken), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // Waits for runs in flight; a program that does not end in time is left to the end of the process.
        return Task.Run(Stop, CancellationToken.None).WaitAsync(cancellationToken);
    }

    private void Start(CancellationToken cancellation)
    {
        SkepHost made = host();
        try
        {
            foreach (ObjectOptions item in options.Objects)
            {
                cancellation.ThrowIfCancellationRequested();
                Result<AttachedObject> attached = ObjectAttacher.Attach(made.Runtime, item, Path.Combine(root, item.File));
                _objects.Add(attached.GetOrThrow());
            }
        }
        catch
        {
            Stop();
            throw;
        }
    }

    private void Stop()
    {
        for (int i = _objects.Count - 1; i >= 0; i--)
        {
            _objects[i].Dispose();
        }

        _objects.Clear();
    }
}
