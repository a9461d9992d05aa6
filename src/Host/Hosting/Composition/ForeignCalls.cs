namespace Skep.Hosting.Composition;

/// <summary>How a call into a plugin ended.</summary>
/// <param name="Failure">What it threw; null when it returned or did not come back.</param>
internal readonly record struct CallOutcome(Exception? Failure, bool TimedOut)
{
    public bool Succeeded => Failure is null && !TimedOut;
}

/// <summary>
/// Calls into plugins on a thread that can be left behind: a call that throws or does not come back never takes the host with it. One thread
/// serves all calls until one of them hangs. Not thread-safe.
/// </summary>
/// <param name="deadline">Of each call.</param>
internal sealed class ForeignCalls(TimeSpan deadline) : IDisposable
{
    private Worker? _worker;

    public TimeSpan Deadline => deadline;

    /// <summary>Runs the call. After a time-out it may still be running, so it must not touch what the caller goes on to use.</summary>
    public CallOutcome Run(Action call)
    {
        Worker worker = _worker ??= new Worker();
        if (worker.TryRun(call, deadline, out Exception? failure))
        {
            return new CallOutcome(failure, TimedOut: false);
        }

        worker.Stop();
        _worker = null;
        return new CallOutcome(null, TimedOut: true);
    }

    public void Dispose()
    {
        _worker?.Stop();
        _worker = null;
    }

    private sealed class Worker
    {
        private readonly SemaphoreSlim _asked = new(0);
        private readonly SemaphoreSlim _answered = new(0);
        private volatile bool _stopped;
        private Action? _call;
        private Exception? _failure;

        public Worker()
        {
            new Thread(Serve) { IsBackground = true, Name = "Skep plugin calls" }.UnsafeStart();
        }

        public bool TryRun(Action call, TimeSpan deadline, out Exception? failure)
        {
            _call = call;
            _asked.Release();
            bool returned = _answered.Wait(deadline);
            failure = returned ? Interlocked.Exchange(ref _failure, null) : null;
            return returned;
        }

        public void Stop()
        {
            _stopped = true;
            _asked.Release();
        }

        private void Serve()
        {
            while (true)
            {
                _asked.Wait();
                if (_stopped)
                {
                    return;
                }

                CallOnce();
                _answered.Release();
            }
        }

        /// <summary>In a frame of its own, so that this thread keeps nothing of the plugin between calls.</summary>
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        private void CallOnce()
        {
            try
            {
                Interlocked.Exchange(ref _call, null)!();
            }
#pragma warning disable CA1031 // The call is foreign: whatever it throws becomes its outcome.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failure = exception;
            }
        }
    }
}
