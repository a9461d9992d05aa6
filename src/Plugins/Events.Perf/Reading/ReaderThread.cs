using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Skep.Events.Interop;
using Skep.Events.Rings;

namespace Skep.Events.Reading;

/// <summary>
/// A thread that waits for the rings of its sources with poll(2) and delivers what they hold. It ends when its last source has left, and then takes
/// no new one.
/// </summary>
internal sealed class ReaderThread
{
    private readonly object _gate = new();
    private readonly List<IEventSource> _sources = [];
    private readonly HashSet<IEventSource> _leaving = [];
    private readonly SafeFileHandle _wakeSignal;
    private readonly Thread _thread;
    private IEventSource[] _reading = [];
    private PerfRing[] _rings = [];
    private PollRequest[] _requests = [];
    private int _threadId;
    private bool _changed = true;
    private bool _ended;
    private bool _hasMore;

    private ReaderThread(SafeFileHandle wakeSignal)
    {
        _wakeSignal = wakeSignal;
        _thread = new Thread(Run) { IsBackground = true, Name = "skep perf reader" };
    }

    /// <summary>Whether the caller runs on this thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <returns>errno(3), or 0 and the thread.</returns>
    public static int Start(IEventSource first, out ReaderThread? thread)
    {
        thread = null;
        int error = SystemCalls.CreateWakeSignal(out SafeFileHandle signal);
        if (error != 0)
        {
            signal.Dispose();
            return error;
        }

        thread = new ReaderThread(signal);
        thread._sources.Add(first);
        thread._thread.Start();
        return 0;
    }

    /// <returns>False when the thread is ending.</returns>
    public bool TryAdd(IEventSource source)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _sources.Add(source);
            Wake();
            return true;
        }
    }

    /// <summary>
    /// Has the source finished, and waits for it; when it was the last, until the thread has ended. On the thread itself it does not wait: the source is
    /// finished once the event that runs is done.
    /// </summary>
    public void Remove(IEventSource source)
    {
        bool last;
        lock (_gate)
        {
            if (!_ended)
            {
                _leaving.Add(source);
                Wake();
            }

            last = _sources.Count == _leaving.Count;
            _ended |= last;
            if (IsCurrent)
            {
                return;
            }

            while (!last && _leaving.Contains(source))
            {
                Monitor.Wait(_gate);
            }
        }

        if (last)
        {
            _thread.Join();
        }
    }

    private void Wake()
    {
        _changed = true;
        SystemCalls.RaiseWakeSignal(_wakeSignal);
    }

    private void Run()
    {
        _threadId = SystemCalls.ThreadId;
        try
        {
            while (Update())
            {
                WaitForEvents();
                ulong now = (ulong)Stopwatch.GetTimestamp(); // The monotonic clock in nanoseconds, on Linux, as the records have it.
                _hasMore = false;
                foreach (IEventSource source in _reading)
                {
                    _hasMore |= source.Deliver(now, _threadId);
                }
            }
        }
#pragma warning disable CA1031 // An exception on this thread would end the process; the links say what happened.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Array.ForEach(_reading, source => source.Fail(exception));
        }
        finally
        {
            End();
        }
    }

    /// <summary>Lets sources in and out; false when none is left.</summary>
    private bool Update()
    {
        if (!Volatile.Read(ref _changed))
        {
            return true;
        }

        IEventSource[] leaving;
        lock (_gate)
        {
            _changed = false;
            leaving = [.. _leaving];
            _sources.RemoveAll(_leaving.Contains);
            _reading = [.. _sources];
        }

        // Outside the lock: what is delivered now runs programs.
        Array.ForEach(leaving, source => source.Finish(_threadId));
        lock (_gate)
        {
            _leaving.ExceptWith(leaving);
            Monitor.PulseAll(_gate);
        }

        _rings = [.. _reading.SelectMany(source => source.Rings)];
        _requests = new PollRequest[_rings.Length + 1];
        return _reading.Length > 0;
    }

    private void WaitForEvents()
    {
        _requests[0] = new PollRequest { Descriptor = (int)_wakeSignal.DangerousGetHandle(), Events = PollRequest.In };
        for (int i = 0; i < _rings.Length; i++)
        {
            _requests[i + 1] = new PollRequest { Descriptor = _rings[i].Descriptor, Events = PollRequest.In };
        }

        int error = SystemCalls.Wait(_requests, _hasMore ? 0 : LongestWait());
        if (error != 0)
        {
            throw new InvalidOperationException($"poll(2) failed: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        if (_requests[0].Returned != 0)
        {
            SystemCalls.ClearWakeSignal(_wakeSignal);
        }

        for (int i = 0; i < _rings.Length; i++)
        {
            if ((_requests[i + 1].Returned & ~PollRequest.In) != 0)
            {
                _rings[i].StopPolling();
            }
        }
    }

    private int LongestWait()
    {
        int shortest = -1;
        foreach (IEventSource source in _reading)
        {
            int wait = source.LongestWait;
            shortest = shortest < 0 || (wait >= 0 && wait < shortest) ? wait : shortest;
        }

        return shortest;
    }

    private void End()
    {
        IEventSource[] rest;
        lock (_gate)
        {
            _ended = true;
            rest = [.. _sources];
            _sources.Clear();
        }

        Array.ForEach(rest, source => source.Finish(_threadId));
        lock (_gate)
        {
            _leaving.Clear();
            _wakeSignal.Dispose();
            Monitor.PulseAll(_gate);
        }
    }
}
