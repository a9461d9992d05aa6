using System.Runtime.InteropServices;
using Skep.Contracts;

namespace Skep.Events;

/// <summary>A program that a timer runs. Ticks never overlap: the timer is set for one tick at a time, after the one before it has run.</summary>
internal sealed unsafe class TimerLink : Link
{
    private readonly Lock _gate = new();
    private readonly TickSource _source;
    private readonly TimerSchedule _schedule;
    private readonly TimerContext* _context;
    private readonly ITimer _timer;
    private bool _isRunning;
    private bool _isStopped;

    public TimerLink(AttachRequest request, string attachPoint, TickSource source, long periodNanoseconds)
        : base(request, attachPoint)
    {
        _source = source;
        _schedule = new TimerSchedule(source.Now, periodNanoseconds);
        _context = (TimerContext*)NativeMemory.AllocZeroed((nuint)sizeof(TimerContext));
        _timer = source.CreateTimer(Tick, periodNanoseconds);
    }

    /// <summary>Begins with the first tick, at once.</summary>
    public void Start() => _source.Set(_timer, 0);

    protected override void Detach()
    {
        // Waits for a tick that runs on another thread; a program that ends its own link from inside a tick is inside the lock already.
        lock (_gate)
        {
            _isStopped = true;
            if (!_isRunning)
            {
                NativeMemory.Free(_context);
            }
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isRunning = true;
            try
            {
                if (_schedule.TryTake(_source.Now, out long due, out long missed))
                {
                    Run(due, missed);
                }
            }
            finally
            {
                _isRunning = false;
                if (_isStopped)
                {
                    NativeMemory.Free(_context);
                }
                else
                {
                    _source.Set(_timer, _schedule.NanosecondsUntilNext(_source.Now));
                }
            }
        }
    }

    private void Run(long due, long missed)
    {
        if (missed > 0)
        {
            ReportLost(missed);
        }

        *_context = new TimerContext { ScheduledNanoseconds = (ulong)due, Ticks = _context->Ticks + 1, Missed = _context->Missed + (ulong)missed };
        Deliver(new MemoryRegion((nint)_context, (nuint)sizeof(TimerContext), MemoryAccess.Read), EventOrigin.None);
    }
}
